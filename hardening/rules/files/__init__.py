"""Rules about what goes from the build context into the image."""
