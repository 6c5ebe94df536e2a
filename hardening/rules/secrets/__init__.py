"""Rules about credentials in the Dockerfile and in the image."""
