"""A blog in one file: taken while it is written to, proved by restoring it."""
