"""Rules about what is known to be wrong with the packages of the image."""
