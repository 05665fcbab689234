"""The layout step: blanks that carry nothing."""
