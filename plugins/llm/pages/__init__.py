"""The plugin's addresses below a post of the admin: asking, following, deciding."""
