"""The revisions of the core tables, in the order of their numbers."""
