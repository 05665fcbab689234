"""Suggestions: asked for, waited for, and accepted or refused piece by piece."""
