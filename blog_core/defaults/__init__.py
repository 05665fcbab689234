"""What the core does for a port that no plugin provides, and parts to build providers from."""
