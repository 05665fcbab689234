"""Alembic revisions of the workflow plugin."""
