"""The ground: a text as Markdown, cuts of it, and the proofs that the rest stays what it was."""
