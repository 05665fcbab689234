"""Prompts: typed parts, their templates as versioned data, and the messages made of them."""
