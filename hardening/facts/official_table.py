"""The newest version of each release of the official images, and what they stand on.

`VERSIONS`: release and newest version of it, where every flavour has that version. `SYSTEMS`:
`flavour=distribution` for flavours that name no distribution (`-` for the bare version), where it
is the same for all releases. Made by `tools/make_official_table.py` from
docker-library/official-images (Apache-2.0) as of the day `AS_OF`.
"""

from __future__ import annotations

from datetime import date

AS_OF = date(2026, 8, 21)

VERSIONS: dict[str, str] = {
    "almalinux": "9 9.8; 8 8.10",
    "alpine": "3.24 3.24.1; 3.23 3.23.5; 3.22 3.22.5; 3.21 3.21.7",
    "amazonlinux": "2023 2023.12.20260817.0; 2 2.0.20260817.0",
    "composer": "2.10 2.10.2; 2.2 2.2.29",
    "debian": "13 13.6; 12 12.15; 11 11.11",
    "drupal": "11.4 11.4.5; 11.3 11.3.16; 10.6 10.6.15",
    "elixir": "1.20 1.20.3; 1.19 1.19.5; 1.18 1.18.4; 1.17 1.17.3; 1.16 1.16.3",
    "erlang": "29 29.0.5.0; 28 28.5.0.5; 27 27.3.4.16; 26 26.2.5.21; 25 25.3.2.21; 24 24.3.4.17",
    "golang": "1.27 1.27.0; 1.26 1.26.7",
    "gradle": "9 9.7.1; 8 8.14.5; 7 7.6.6; 6 6.9.4",
    "haproxy": "3.4 3.4.3; 3.3 3.3.13; 3.2 3.2.22; 3.0 3.0.26; 2.8 2.8.27; 2.6 2.6.32",
    "httpd": "2.4 2.4.68",
    "mariadb": "12.3 12.3.2; 11.8 11.8.8; 11.4 11.4.12; 10.11 10.11.18; 10.6 10.6.28",
    "memcached": "1.6 1.6.45",
    "mongo": "8.3 8.3.8; 8.0 8.0.29; 7.0 7.0.40",
    "mysql": "9.7 9.7.2; 8.4 8.4.11",
    "neo4j": "2026.07 2026.07.1; 5.26 5.26.29; 4.4 4.4.48",
    "nginx": "1.31 1.31.4; 1.30 1.30.4",
    "node": "26 26.7.0; 24 24.19.0; 22 22.23.2",
    "perl": "5.44 5.44.0; 5.42 5.42.3; 5.40 5.40.5",
    "php": "8.5 8.5.9; 8.4 8.4.24; 8.3 8.3.33; 8.2 8.2.33",
    "postgres": "18 18.6; 17 17.11; 16 16.15; 15 15.19; 14 14.24",
    "python": "3.14 3.14.7; 3.13 3.13.15; 3.12 3.12.14; 3.11 3.11.16; 3.10 3.10.21",
    "rabbitmq": "4.3 4.3.5; 4.2 4.2.9; 4.1 4.1.8; 4.0 4.0.9",
    "redis": (
        "8.10 8.10.1; 8.8 8.8.2; 8.6 8.6.6; 8.4 8.4.6; 8.2 8.2.9; 7.4 7.4.11; 7.2 7.2.16; 6.2 "
        "6.2.24"
    ),
    "rockylinux": "9 9.3.20231119; 8 8.9.20231119",
    "ruby": "4.0 4.0.6; 3.4 3.4.10; 3.3 3.3.12",
    "tomcat": "11.0 11.0.25; 10.1 10.1.59; 9.0 9.0.121",
    "traefik": "3.7 3.7.11; 2.11 2.11.55",
}

SYSTEMS: dict[str, str] = {
    "amazoncorretto": (
        "alpine-full=alpine3.24 alpine-jdk=alpine3.24 alpine-jre=alpine3.24 alpine=alpine3.24"
    ),
    "drupal": (
        "-=trixie apache=trixie fpm-alpine=alpine3.24 fpm=trixie php8.3-apache=trixie "
        "php8.3-fpm-alpine=alpine3.24 php8.3-fpm=trixie php8.3=trixie php8.4-apache=trixie "
        "php8.4-fpm-alpine=alpine3.24 php8.4-fpm=trixie php8.4=trixie php8.5-apache=trixie "
        "php8.5-fpm-alpine=alpine3.24 php8.5-fpm=trixie php8.5=trixie"
    ),
    "eclipse-temurin": "-=resolute jdk=resolute jre=resolute",
    "golang": "-=trixie alpine=alpine3.24",
    "gradle": (
        "jdk-25-and-25-graal=resolute jdk-25-and-26=resolute jdk-lts-and-current-graal=resolute "
        "jdk-lts-and-current=resolute jdk11=jammy jdk25-graal=resolute jdk25=resolute "
        "jdk26=resolute jdk8=jammy"
    ),
    "haproxy": "-=trixie alpine=alpine3.24",
    "httpd": "-=trixie alpine=alpine3.24",
    "memcached": "-=trixie alpine=alpine3.24",
    "nginx": (
        "-=trixie alpine-otel=alpine3.24 alpine-perl=alpine3.24 alpine-slim=alpine3.24 "
        "alpine=alpine3.24 otel=trixie perl=trixie"
    ),
    "node": "alpine=alpine3.24",
    "perl": "-=trixie slim-threaded=trixie slim=trixie threaded=trixie",
    "php": (
        "-=trixie alpine=alpine3.24 apache=trixie cli-alpine=alpine3.24 cli=trixie "
        "fpm-alpine=alpine3.24 fpm=trixie zts-alpine=alpine3.24 zts=trixie"
    ),
    "postgres": "-=trixie alpine=alpine3.24",
    "python": "-=trixie alpine=alpine3.24 slim=trixie",
    "ruby": "-=trixie alpine=alpine3.24 slim=trixie",
    "tomcat": (
        "-=noble jdk11-temurin=noble jdk11=noble jdk17-temurin=noble jdk17=noble "
        "jdk21-temurin=noble jdk21=noble jdk25-temurin=noble jdk25=noble jdk8-temurin=noble "
        "jdk8=noble jre11-temurin=noble jre11=noble jre17-temurin=noble jre17=noble "
        "jre21-temurin=noble jre21=noble jre25-temurin=noble jre25=noble jre8-temurin=noble "
        "jre8=noble"
    ),
}
