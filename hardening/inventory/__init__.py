"""An image in, packages out: one cataloger per kind of package database."""
