"""Facts of our own: dates and names that no image carries."""
