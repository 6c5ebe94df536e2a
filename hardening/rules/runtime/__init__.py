"""Rules about how the container runs."""
