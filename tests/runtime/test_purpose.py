"""What is a base to build on, and what runs a service."""

from __future__ import annotations

import pytest

from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.opening import memory_subject
from hardening.runtime.base_facts import is_name_placeholder, is_placeholder
from hardening.runtime.purpose import only_a_base
from hardening.runtime.start import start_of

BASES = (
    'FROM debian:13\nCMD ["bash"]\n',
    'FROM buildpack-deps:bookworm\nCMD ["python3"]\n',
    'FROM debian:13\nCOPY docker-php-entrypoint /bin/\nENTRYPOINT ["docker-php-entrypoint"]\n'
    'CMD ["php", "-a"]\n',
    'FROM alpine:3.24\nCMD ["perl5.38.2", "-de0"]\n',
    'FROM debian:13\nENTRYPOINT ["/bin/bash", "-l"]\n',
    'FROM debian:13\nENTRYPOINT ["tini", "--"]\nCMD ["julia"]\n',
    "FROM debian:13\nRUN apt-get update\n",
    "FROM registry.example/mirror/golang:1.27-alpine\nRUN go version\n",
    "FROM scratch\nADD root.tar.xz /\n",
    "FROM php:8.4-cli\nRUN docker-php-ext-install gd\n",
)
SERVICES = (
    'FROM debian:13\nCMD ["python3", "app.py"]\n',
    "FROM debian:13\nCMD python3 app.py\n",
    'FROM debian:13\nENTRYPOINT ["/app"]\n',
    'FROM debian:13\nENTRYPOINT ["/app"]\nCMD ["sh"]\n',
    'FROM debian:13\nEXPOSE 8080\nCMD ["node"]\n',
    'FROM debian:13\nCMD ["sh", "-c", "serve"]\n',
    "FROM python:3.14\nCOPY . /app\n",
    "FROM nginx:1.29\nRUN true\n",
    "FROM php:8.4-fpm-alpine\nRUN true\n",
    "FROM team/base:1\nRUN true\n",
    "ARG BASE\nFROM $BASE\nRUN true\n",
)


@pytest.mark.parametrize("text", BASES)
def test_a_prompt_or_nothing_is_a_base(text: str) -> None:
    assert only_a_base(start_of(memory_subject(text)))


@pytest.mark.parametrize("text", SERVICES)
def test_a_program_is_a_service(text: str) -> None:
    assert only_a_base(start_of(memory_subject(text))) is None


def test_what_the_image_starts_counts() -> None:
    image = ImageSketch((LayerSketch({"app": "x"}),), entrypoint=("/app",))
    subject = memory_subject("FROM debian:13\nRUN true\n", image=image)
    assert only_a_base(start_of(subject)) is None


def test_placeholders_of_templates() -> None:
    for name in ("%%FROM%%", "PLACEHOLDER", "placeholder", "DIST:SUITE", "@BASE@", "{{ base }}"):
        assert is_name_placeholder(name), name
    assert is_placeholder("debian:%%SUITE%%")
    assert not is_name_placeholder("debian:%%SUITE%%")
    for name in ("debian:13", "registry.example:5000/Team/app", "a@sha256:00", "placeholder-api:1"):
        assert not is_placeholder(name), name
