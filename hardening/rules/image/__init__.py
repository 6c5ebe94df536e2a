"""Rules about what the built image ships."""
