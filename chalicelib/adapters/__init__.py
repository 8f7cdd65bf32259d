"""What talks to the world: one port, one file."""
