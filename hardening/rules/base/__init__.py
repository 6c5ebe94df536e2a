"""Rules of the theme `base`, one file each."""
