"""Rules about downloads, certificates and open ports."""
