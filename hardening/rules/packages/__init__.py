"""Rules of the theme `packages`, one file each."""
