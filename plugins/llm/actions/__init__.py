"""What can be asked of a model: what each action sends, and how its answer is read."""
