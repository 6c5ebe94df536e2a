"""Runtimes that an official image names in its environment: exact, and in no package database."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.image.model import ImageConfig
from hardening.inventory.frame import Found

_RUNTIMES = {
    "PYTHON_VERSION": "python",
    "NODE_VERSION": "node",
    "GOLANG_VERSION": "go",
    "RUBY_VERSION": "ruby",
    "PHP_VERSION": "php",
    "JAVA_VERSION": "java",
    "RUST_VERSION": "rust",
    "DOTNET_VERSION": "dotnet",
    "NGINX_VERSION": "nginx",
    "PG_VERSION": "postgresql",
    "REDIS_VERSION": "redis",
    "TOMCAT_VERSION": "tomcat",
    "HTTPD_VERSION": "httpd",
    "PERL_VERSION": "perl",
}
_VERSION = re.compile(r"(?:jdk-?|v)?(\d[\w.+~-]{0,63})\Z")


def from_environment(config: ImageConfig) -> Iterator[Found]:
    """One `generic` package for each known variable whose value is a version."""
    for variable, value in sorted(config.environment().items()):
        name = _RUNTIMES.get(variable)
        matched = _VERSION.match(value.strip())
        if name is not None and matched is not None:
            yield Found("generic", name, matched[1])
