"""Calls to a model: what is sent, over which server, and one call for all who ask the same."""
