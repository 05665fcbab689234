"""Alembic revisions of the llm plugin."""
