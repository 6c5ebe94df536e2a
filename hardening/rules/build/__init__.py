"""Rules of the theme `build`, one file each."""
