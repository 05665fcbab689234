"""The step for responses: the phrases around an answer."""
