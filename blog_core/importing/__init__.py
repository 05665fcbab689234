"""Posts in and out: archives of Markdown files, and blogs made up for measuring."""
