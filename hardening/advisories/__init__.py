"""Packages in, vulnerabilities out."""
