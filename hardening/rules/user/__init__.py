"""Rules of the theme `user`, one file each."""
