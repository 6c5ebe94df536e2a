"""Rules of the theme `style`, one file each."""
