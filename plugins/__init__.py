"""The plugins that come with the blog."""
