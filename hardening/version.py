"""The version of drydock, where every floor may ask for it."""

VERSION = "0.1.0"
