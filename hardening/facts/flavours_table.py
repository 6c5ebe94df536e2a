"""Which flavours the official images offer for each release that is still built.

One row per image and release: the suffixes that may follow the release in a tag (`""` is written
as `-`). Under "" stand the tags without a release that name a distribution. Windows flavours are
left out. Compiled from docker-library/official-images (Apache-2.0) on the day `AS_OF`.
"""

from __future__ import annotations

from datetime import date

AS_OF = date(2026, 8, 21)

FLAVOURS: dict[str, dict[str, str]] = {
    "almalinux": {
        "10": "- kitten kitten-minimal minimal",
        "9": "- minimal",
        "8": "- minimal",
    },
    "alpine": {
        "3.24": "-",
        "3.23": "-",
        "3.22": "-",
        "3.21": "-",
    },
    "amazoncorretto": {
        "26": (
            "- al2023 al2023-headful al2023-headless al2023-jdk alpine alpine-full alpine-jdk "
            "alpine3.21 alpine3.21-full alpine3.21-jdk alpine3.22 alpine3.22-full "
            "alpine3.22-jdk alpine3.23 alpine3.23-full alpine3.23-jdk alpine3.24 "
            "alpine3.24-full alpine3.24-jdk headful headless jdk"
        ),
        "25": (
            "- al2023 al2023-headful al2023-headless al2023-jdk alpine alpine-full alpine-jdk "
            "alpine3.21 alpine3.21-full alpine3.21-jdk alpine3.22 alpine3.22-full "
            "alpine3.22-jdk alpine3.23 alpine3.23-full alpine3.23-jdk alpine3.24 "
            "alpine3.24-full alpine3.24-jdk headful headless jdk"
        ),
        "21": (
            "- al2 al2-full al2-generic al2-generic-jdk al2-jdk al2023 al2023-headful "
            "al2023-headless al2023-jdk alpine alpine-full alpine-jdk alpine3.21 "
            "alpine3.21-full alpine3.21-jdk alpine3.22 alpine3.22-full alpine3.22-jdk "
            "alpine3.23 alpine3.23-full alpine3.23-jdk alpine3.24 alpine3.24-full "
            "alpine3.24-jdk headful headless jdk"
        ),
        "17": (
            "- al2 al2-full al2-generic al2-generic-jdk al2-jdk al2-native-headful "
            "al2-native-headless al2-native-jdk al2023 al2023-headful al2023-headless "
            "al2023-jdk alpine alpine-full alpine-jdk alpine3.21 alpine3.21-full "
            "alpine3.21-jdk alpine3.22 alpine3.22-full alpine3.22-jdk alpine3.23 "
            "alpine3.23-full alpine3.23-jdk alpine3.24 alpine3.24-full alpine3.24-jdk headful "
            "headless jdk"
        ),
        "11": (
            "- al2 al2-full al2-generic al2-generic-jdk al2-jdk al2-native-headless "
            "al2-native-jdk al2023 al2023-headful al2023-headless al2023-jdk alpine "
            "alpine-full alpine-jdk alpine3.21 alpine3.21-full alpine3.21-jdk alpine3.22 "
            "alpine3.22-full alpine3.22-jdk alpine3.23 alpine3.23-full alpine3.23-jdk "
            "alpine3.24 alpine3.24-full alpine3.24-jdk headful headless jdk"
        ),
        "8": (
            "- al2 al2-full al2-generic al2-generic-jdk al2-jdk al2-native-jdk al2-native-jre "
            "al2023 al2023-jdk al2023-jre alpine alpine-full alpine-jdk alpine-jre alpine3.21 "
            "alpine3.21-full alpine3.21-jdk alpine3.21-jre alpine3.22 alpine3.22-full "
            "alpine3.22-jdk alpine3.22-jre alpine3.23 alpine3.23-full alpine3.23-jdk "
            "alpine3.23-jre alpine3.24 alpine3.24-full alpine3.24-jdk alpine3.24-jre jdk jre"
        ),
    },
    "amazonlinux": {
        "2023": "-",
        "2": "-",
    },
    "buildpack-deps": {
        "": (
            "bookworm bookworm-curl bookworm-scm bullseye bullseye-curl bullseye-scm jammy "
            "jammy-curl jammy-scm noble noble-curl noble-scm resolute resolute-curl "
            "resolute-scm trixie trixie-curl trixie-scm"
        ),
    },
    "composer": {
        "2.10": "-",
        "2.2": "-",
    },
    "debian": {
        "13": "- slim",
        "trixie": "- backports slim",
        "12": "- slim",
        "bookworm": "- backports slim",
        "11": "- slim",
        "bullseye": "- slim",
    },
    "drupal": {
        "11.4": (
            "- apache apache-bookworm apache-trixie fpm fpm-alpine fpm-alpine3.23 "
            "fpm-alpine3.24 fpm-bookworm fpm-trixie php8.4 php8.4-apache "
            "php8.4-apache-bookworm php8.4-apache-trixie php8.4-fpm php8.4-fpm-alpine "
            "php8.4-fpm-alpine3.23 php8.4-fpm-alpine3.24 php8.4-fpm-bookworm "
            "php8.4-fpm-trixie php8.5 php8.5-apache php8.5-apache-bookworm "
            "php8.5-apache-trixie php8.5-fpm php8.5-fpm-alpine php8.5-fpm-alpine3.23 "
            "php8.5-fpm-alpine3.24 php8.5-fpm-bookworm php8.5-fpm-trixie"
        ),
        "11.3": (
            "- apache apache-bookworm apache-trixie fpm fpm-alpine fpm-alpine3.23 "
            "fpm-alpine3.24 fpm-bookworm fpm-trixie php8.4 php8.4-apache "
            "php8.4-apache-bookworm php8.4-apache-trixie php8.4-fpm php8.4-fpm-alpine "
            "php8.4-fpm-alpine3.23 php8.4-fpm-alpine3.24 php8.4-fpm-bookworm "
            "php8.4-fpm-trixie php8.5 php8.5-apache php8.5-apache-bookworm "
            "php8.5-apache-trixie php8.5-fpm php8.5-fpm-alpine php8.5-fpm-alpine3.23 "
            "php8.5-fpm-alpine3.24 php8.5-fpm-bookworm php8.5-fpm-trixie"
        ),
        "10.6": (
            "- apache apache-bookworm apache-trixie fpm fpm-alpine fpm-alpine3.23 "
            "fpm-alpine3.24 fpm-bookworm fpm-trixie php8.3 php8.3-apache "
            "php8.3-apache-bookworm php8.3-apache-trixie php8.3-fpm php8.3-fpm-alpine "
            "php8.3-fpm-alpine3.23 php8.3-fpm-alpine3.24 php8.3-fpm-bookworm "
            "php8.3-fpm-trixie php8.4 php8.4-apache php8.4-apache-bookworm "
            "php8.4-apache-trixie php8.4-fpm php8.4-fpm-alpine php8.4-fpm-alpine3.23 "
            "php8.4-fpm-alpine3.24 php8.4-fpm-bookworm php8.4-fpm-trixie"
        ),
        "": (
            "apache-bookworm apache-trixie fpm-alpine3.23 fpm-alpine3.24 fpm-bookworm "
            "fpm-trixie php8.4-apache-bookworm php8.4-apache-trixie php8.4-fpm-alpine3.23 "
            "php8.4-fpm-alpine3.24 php8.4-fpm-bookworm php8.4-fpm-trixie "
            "php8.5-apache-bookworm php8.5-apache-trixie php8.5-fpm-alpine3.23 "
            "php8.5-fpm-alpine3.24 php8.5-fpm-bookworm php8.5-fpm-trixie"
        ),
    },
    "eclipse-temurin": {
        "26": (
            "- alpine alpine-3.23 alpine-3.24 jammy jdk jdk-alpine jdk-alpine-3.23 "
            "jdk-alpine-3.24 jdk-jammy jdk-noble jdk-resolute jdk-ubi10-minimal jre "
            "jre-alpine jre-alpine-3.23 jre-alpine-3.24 jre-jammy jre-noble jre-resolute "
            "jre-ubi10-minimal noble resolute ubi10-minimal"
        ),
        "25": (
            "- alpine alpine-3.21 alpine-3.22 alpine-3.23 alpine-3.24 jammy jdk jdk-alpine "
            "jdk-alpine-3.21 jdk-alpine-3.22 jdk-alpine-3.23 jdk-alpine-3.24 jdk-jammy "
            "jdk-noble jdk-resolute jdk-ubi10-minimal jre jre-alpine jre-alpine-3.21 "
            "jre-alpine-3.22 jre-alpine-3.23 jre-alpine-3.24 jre-jammy jre-noble jre-resolute "
            "jre-ubi10-minimal noble resolute ubi10-minimal"
        ),
        "21": (
            "- alpine alpine-3.21 alpine-3.22 alpine-3.23 alpine-3.24 jammy jdk jdk-alpine "
            "jdk-alpine-3.21 jdk-alpine-3.22 jdk-alpine-3.23 jdk-alpine-3.24 jdk-jammy "
            "jdk-noble jdk-resolute jdk-ubi10-minimal jdk-ubi9-minimal jre jre-alpine "
            "jre-alpine-3.21 jre-alpine-3.22 jre-alpine-3.23 jre-alpine-3.24 jre-jammy "
            "jre-noble jre-resolute jre-ubi10-minimal jre-ubi9-minimal noble resolute "
            "ubi10-minimal ubi9-minimal"
        ),
        "17": (
            "- alpine alpine-3.21 alpine-3.22 alpine-3.23 alpine-3.24 jammy jdk jdk-alpine "
            "jdk-alpine-3.21 jdk-alpine-3.22 jdk-alpine-3.23 jdk-alpine-3.24 jdk-jammy "
            "jdk-noble jdk-resolute jdk-ubi10-minimal jdk-ubi9-minimal jre jre-alpine "
            "jre-alpine-3.21 jre-alpine-3.22 jre-alpine-3.23 jre-alpine-3.24 jre-jammy "
            "jre-noble jre-resolute jre-ubi10-minimal jre-ubi9-minimal noble resolute "
            "ubi10-minimal ubi9-minimal"
        ),
        "11": (
            "- alpine alpine-3.21 alpine-3.22 alpine-3.23 alpine-3.24 jammy jdk jdk-alpine "
            "jdk-alpine-3.21 jdk-alpine-3.22 jdk-alpine-3.23 jdk-alpine-3.24 jdk-jammy "
            "jdk-noble jdk-resolute jdk-ubi10-minimal jdk-ubi9-minimal jre jre-alpine "
            "jre-alpine-3.21 jre-alpine-3.22 jre-alpine-3.23 jre-alpine-3.24 jre-jammy "
            "jre-noble jre-resolute jre-ubi10-minimal jre-ubi9-minimal noble resolute "
            "ubi10-minimal ubi9-minimal"
        ),
        "8": (
            "- alpine alpine-3.21 alpine-3.22 alpine-3.23 alpine-3.24 jammy jdk jdk-alpine "
            "jdk-alpine-3.21 jdk-alpine-3.22 jdk-alpine-3.23 jdk-alpine-3.24 jdk-jammy "
            "jdk-noble jdk-resolute jdk-ubi10-minimal jdk-ubi9-minimal jre jre-alpine "
            "jre-alpine-3.21 jre-alpine-3.22 jre-alpine-3.23 jre-alpine-3.24 jre-jammy "
            "jre-noble jre-resolute jre-ubi10-minimal jre-ubi9-minimal noble resolute "
            "ubi10-minimal ubi9-minimal"
        ),
    },
    "elixir": {
        "1.20": (
            "- alpine otp-27 otp-27-alpine otp-27-slim otp-28 otp-28-alpine otp-28-slim "
            "otp-29 otp-29-alpine otp-29-slim slim"
        ),
        "1.19": (
            "- alpine otp-26 otp-26-alpine otp-26-slim otp-27 otp-27-alpine otp-27-slim "
            "otp-28 otp-28-alpine otp-28-slim slim"
        ),
        "1.18": (
            "- alpine otp-25 otp-25-alpine otp-25-slim otp-26 otp-26-alpine otp-26-slim "
            "otp-27 otp-27-alpine otp-27-slim otp-28 otp-28-alpine otp-28-slim slim"
        ),
        "1.17": (
            "- alpine otp-25 otp-25-alpine otp-25-slim otp-26 otp-26-alpine otp-26-slim "
            "otp-27 otp-27-alpine otp-27-slim slim"
        ),
        "1.16": (
            "- alpine otp-24 otp-24-alpine otp-24-slim otp-25 otp-25-alpine otp-25-slim "
            "otp-26 otp-26-alpine otp-26-slim slim"
        ),
    },
    "erlang": {
        "29": "- alpine slim",
        "28": "- alpine slim",
        "27": "- alpine slim",
        "26": "- alpine slim",
        "25": "- alpine slim",
        "24": "- alpine slim",
    },
    "fedora": {
        "44": "-",
        "43": "-",
    },
    "gcc": {
        "": "trixie",
    },
    "golang": {
        "1.27": "- alpine alpine3.23 alpine3.24 bookworm trixie",
        "1.26": "- alpine alpine3.23 alpine3.24 bookworm trixie",
        "": (
            "alpine3.23 alpine3.24 bookworm tip-alpine3.23 tip-alpine3.24 tip-bookworm "
            "tip-trixie trixie"
        ),
    },
    "gradle": {
        "9": (
            "- alpine graal graal-jammy graal-noble graal-resolute jammy jdk "
            "jdk-25-and-25-graal jdk-25-and-25-graal-resolute jdk-25-and-26 "
            "jdk-25-and-26-alpine jdk-25-and-26-corretto jdk-25-and-26-corretto-al2023 "
            "jdk-25-and-26-resolute jdk-alpine jdk-graal jdk-graal-jammy jdk-graal-noble "
            "jdk-graal-resolute jdk-jammy jdk-lts-and-current jdk-lts-and-current-alpine "
            "jdk-lts-and-current-corretto jdk-lts-and-current-corretto-al2023 "
            "jdk-lts-and-current-graal jdk-lts-and-current-graal-resolute "
            "jdk-lts-and-current-resolute jdk-noble jdk-resolute jdk17 jdk17-alpine "
            "jdk17-corretto jdk17-corretto-al2023 jdk17-graal jdk17-graal-jammy "
            "jdk17-graal-noble jdk17-graal-resolute jdk17-jammy jdk17-noble jdk17-resolute "
            "jdk17-ubi jdk17-ubi10 jdk17-ubi9 jdk21 jdk21-alpine jdk21-corretto "
            "jdk21-corretto-al2023 jdk21-graal jdk21-graal-jammy jdk21-graal-noble "
            "jdk21-graal-resolute jdk21-jammy jdk21-noble jdk21-resolute jdk21-ubi "
            "jdk21-ubi10 jdk21-ubi9 jdk25 jdk25-alpine jdk25-corretto jdk25-corretto-al2023 "
            "jdk25-graal jdk25-graal-noble jdk25-graal-resolute jdk25-noble jdk25-resolute "
            "jdk25-ubi jdk25-ubi10 jdk26 jdk26-alpine jdk26-corretto jdk26-corretto-al2023 "
            "jdk26-noble jdk26-resolute jdk26-ubi jdk26-ubi10 noble resolute"
        ),
        "8": (
            "- alpine graal graal-jammy graal-noble jammy jdk jdk-alpine jdk-graal "
            "jdk-graal-jammy jdk-graal-noble jdk-jammy jdk-noble jdk11 jdk11-alpine "
            "jdk11-corretto jdk11-corretto-al2023 jdk11-jammy jdk11-ubi jdk11-ubi9 jdk17 "
            "jdk17-alpine jdk17-corretto jdk17-corretto-al2023 jdk17-graal jdk17-graal-jammy "
            "jdk17-graal-noble jdk17-jammy jdk17-noble jdk17-ubi jdk17-ubi9 jdk21 "
            "jdk21-alpine jdk21-corretto jdk21-corretto-al2023 jdk21-graal jdk21-graal-jammy "
            "jdk21-graal-noble jdk21-jammy jdk21-noble jdk21-ubi jdk21-ubi9 jdk8 "
            "jdk8-corretto jdk8-corretto-al2023 jdk8-jammy jdk8-ubi jdk8-ubi9 noble"
        ),
        "7": (
            "- alpine graal graal-jammy graal-noble jammy jdk jdk-alpine jdk-graal "
            "jdk-graal-jammy jdk-graal-noble jdk-jammy jdk-noble jdk11 jdk11-alpine "
            "jdk11-corretto jdk11-corretto-al2023 jdk11-jammy jdk11-ubi jdk11-ubi9 jdk17 "
            "jdk17-alpine jdk17-corretto jdk17-corretto-al2023 jdk17-graal jdk17-graal-jammy "
            "jdk17-graal-noble jdk17-jammy jdk17-noble jdk17-ubi jdk17-ubi9 jdk8 "
            "jdk8-corretto jdk8-corretto-al2023 jdk8-jammy jdk8-ubi jdk8-ubi9 noble"
        ),
        "6": (
            "- alpine jammy jdk jdk-alpine jdk-jammy jdk11 jdk11-alpine jdk11-corretto "
            "jdk11-corretto-al2023 jdk11-jammy jdk11-ubi jdk11-ubi9 jdk8 jdk8-corretto "
            "jdk8-corretto-al2023 jdk8-jammy jdk8-ubi jdk8-ubi9"
        ),
        "": (
            "graal-jammy graal-noble graal-resolute jammy jdk-25-and-25-graal-resolute "
            "jdk-25-and-26-resolute jdk-graal-jammy jdk-graal-noble jdk-graal-resolute "
            "jdk-jammy jdk-lts-and-current-graal-resolute jdk-lts-and-current-resolute "
            "jdk-noble jdk-resolute jdk11-jammy jdk17-graal-jammy jdk17-graal-noble "
            "jdk17-graal-resolute jdk17-jammy jdk17-noble jdk17-resolute jdk21-graal-jammy "
            "jdk21-graal-noble jdk21-graal-resolute jdk21-jammy jdk21-noble jdk21-resolute "
            "jdk25-graal-noble jdk25-graal-resolute jdk25-noble jdk25-resolute jdk26-noble "
            "jdk26-resolute jdk8-jammy noble resolute"
        ),
    },
    "haproxy": {
        "3.4": "- alpine alpine3.24 trixie",
        "3.3": "- alpine alpine3.24 trixie",
        "3.2": "- alpine alpine3.24 trixie",
        "3.0": "- alpine alpine3.24 trixie",
        "2.8": "- alpine alpine3.24 trixie",
        "2.6": "- alpine alpine3.24 trixie",
        "": "alpine3.24 lts-alpine3.24 lts-trixie trixie",
    },
    "haskell": {
        "": "bookworm bullseye slim-bookworm slim-bullseye",
    },
    "httpd": {
        "2.4": "- alpine alpine3.24 trixie",
        "": "alpine3.24 trixie",
    },
    "mariadb": {
        "12.3": "- noble ubi ubi10",
        "11.8": "- noble ubi ubi9",
        "11.4": "- noble ubi ubi9",
        "10.11": "- jammy ubi ubi9",
        "10.6": "- jammy ubi ubi9",
        "": "lts-noble noble",
    },
    "memcached": {
        "1.6": "- alpine alpine3.24 trixie",
        "": "alpine3.24 trixie",
    },
    "mongo": {
        "8.3": "- noble",
        "8.0": "- noble",
        "7.0": "- jammy",
    },
    "mysql": {
        "9.7": "- oracle oraclelinux9",
        "8.4": "- oracle oraclelinux9",
    },
    "neo4j": {
        "2026.07": (
            "- community community-trixie community-ubi10 enterprise enterprise-trixie "
            "enterprise-ubi10 trixie ubi10"
        ),
        "5.26": (
            "- community community-trixie community-ubi10 enterprise enterprise-trixie "
            "enterprise-ubi10 trixie ubi10"
        ),
        "4.4": "- community enterprise",
        "": "community-trixie enterprise-trixie trixie",
    },
    "nginx": {
        "1.31": (
            "- alpine alpine-otel alpine-perl alpine-slim alpine3.24 alpine3.24-otel "
            "alpine3.24-perl alpine3.24-slim otel perl trixie trixie-otel trixie-perl"
        ),
        "1.30": (
            "- alpine alpine-otel alpine-perl alpine-slim alpine3.24 alpine3.24-otel "
            "alpine3.24-perl alpine3.24-slim otel perl trixie trixie-otel trixie-perl"
        ),
        "": (
            "alpine3.24 alpine3.24-otel alpine3.24-perl alpine3.24-slim mainline-alpine3.24 "
            "mainline-alpine3.24-otel mainline-alpine3.24-perl mainline-alpine3.24-slim "
            "mainline-trixie mainline-trixie-otel mainline-trixie-perl stable-alpine3.24 "
            "stable-alpine3.24-otel stable-alpine3.24-perl stable-alpine3.24-slim "
            "stable-trixie stable-trixie-otel stable-trixie-perl trixie trixie-otel "
            "trixie-perl"
        ),
    },
    "node": {
        "26": (
            "- alpine alpine3.23 alpine3.24 bookworm bookworm-slim bullseye bullseye-slim "
            "slim trixie trixie-slim"
        ),
        "24": (
            "- alpine alpine3.23 alpine3.24 bookworm bookworm-slim bullseye bullseye-slim "
            "slim trixie trixie-slim"
        ),
        "22": (
            "- alpine alpine3.23 alpine3.24 bookworm bookworm-slim bullseye bullseye-slim "
            "slim trixie trixie-slim"
        ),
        "": (
            "alpine3.23 alpine3.24 bookworm bookworm-slim bullseye bullseye-slim "
            "current-alpine3.23 current-alpine3.24 current-bookworm current-bookworm-slim "
            "current-bullseye current-bullseye-slim current-trixie current-trixie-slim "
            "jod-alpine3.23 jod-alpine3.24 jod-bookworm jod-bookworm-slim jod-bullseye "
            "jod-bullseye-slim jod-trixie jod-trixie-slim krypton-alpine3.23 "
            "krypton-alpine3.24 krypton-bookworm krypton-bookworm-slim krypton-bullseye "
            "krypton-bullseye-slim krypton-trixie krypton-trixie-slim lts-alpine3.23 "
            "lts-alpine3.24 lts-bookworm lts-bookworm-slim lts-bullseye lts-bullseye-slim "
            "lts-trixie lts-trixie-slim trixie trixie-slim"
        ),
    },
    "oraclelinux": {
        "10": "- slim",
        "9": "- slim slim-fips",
        "8": "- slim slim-fips",
        "7": "- slim slim-fips",
    },
    "perl": {
        "5.44": (
            "- bookworm bullseye slim slim-bookworm slim-bullseye slim-threaded "
            "slim-threaded-bookworm slim-threaded-bullseye slim-threaded-trixie slim-trixie "
            "threaded threaded-bookworm threaded-bullseye threaded-trixie trixie"
        ),
        "5.42": (
            "- bookworm bullseye slim slim-bookworm slim-bullseye slim-threaded "
            "slim-threaded-bookworm slim-threaded-bullseye slim-threaded-trixie slim-trixie "
            "threaded threaded-bookworm threaded-bullseye threaded-trixie trixie"
        ),
        "5.40": (
            "- bookworm bullseye slim slim-bookworm slim-bullseye slim-threaded "
            "slim-threaded-bookworm slim-threaded-bullseye slim-threaded-trixie slim-trixie "
            "threaded threaded-bookworm threaded-bullseye threaded-trixie trixie"
        ),
        "": (
            "bookworm bullseye devel-bookworm devel-bullseye devel-slim-bookworm "
            "devel-slim-bullseye devel-slim-threaded-bookworm devel-slim-threaded-bullseye "
            "devel-slim-threaded-trixie devel-slim-trixie devel-threaded-bookworm "
            "devel-threaded-bullseye devel-threaded-trixie devel-trixie slim-bookworm "
            "slim-bullseye slim-threaded-bookworm slim-threaded-bullseye slim-threaded-trixie "
            "slim-trixie stable-bookworm stable-bullseye stable-slim-bookworm "
            "stable-slim-bullseye stable-slim-threaded-bookworm stable-slim-threaded-bullseye "
            "stable-slim-threaded-trixie stable-slim-trixie stable-threaded-bookworm "
            "stable-threaded-bullseye stable-threaded-trixie stable-trixie threaded-bookworm "
            "threaded-bullseye threaded-trixie trixie"
        ),
    },
    "php": {
        "8.5": (
            "- alpine alpine3.23 alpine3.24 apache apache-bookworm apache-trixie bookworm cli "
            "cli-alpine cli-alpine3.23 cli-alpine3.24 cli-bookworm cli-trixie fpm fpm-alpine "
            "fpm-alpine3.23 fpm-alpine3.24 fpm-bookworm fpm-trixie trixie zts zts-alpine "
            "zts-alpine3.23 zts-alpine3.24 zts-bookworm zts-trixie"
        ),
        "8.4": (
            "- alpine alpine3.23 alpine3.24 apache apache-bookworm apache-trixie bookworm cli "
            "cli-alpine cli-alpine3.23 cli-alpine3.24 cli-bookworm cli-trixie fpm fpm-alpine "
            "fpm-alpine3.23 fpm-alpine3.24 fpm-bookworm fpm-trixie trixie zts zts-alpine "
            "zts-alpine3.23 zts-alpine3.24 zts-bookworm zts-trixie"
        ),
        "8.3": (
            "- alpine alpine3.23 alpine3.24 apache apache-bookworm apache-trixie bookworm cli "
            "cli-alpine cli-alpine3.23 cli-alpine3.24 cli-bookworm cli-trixie fpm fpm-alpine "
            "fpm-alpine3.23 fpm-alpine3.24 fpm-bookworm fpm-trixie trixie zts zts-alpine "
            "zts-alpine3.23 zts-alpine3.24 zts-bookworm zts-trixie"
        ),
        "8.2": (
            "- alpine alpine3.23 alpine3.24 apache apache-bookworm apache-trixie bookworm cli "
            "cli-alpine cli-alpine3.23 cli-alpine3.24 cli-bookworm cli-trixie fpm fpm-alpine "
            "fpm-alpine3.23 fpm-alpine3.24 fpm-bookworm fpm-trixie trixie zts zts-alpine "
            "zts-alpine3.23 zts-alpine3.24 zts-bookworm zts-trixie"
        ),
        "": (
            "alpine3.23 alpine3.24 apache-bookworm apache-trixie bookworm cli-alpine3.23 "
            "cli-alpine3.24 cli-bookworm cli-trixie fpm-alpine3.23 fpm-alpine3.24 "
            "fpm-bookworm fpm-trixie trixie zts-alpine3.23 zts-alpine3.24 zts-bookworm "
            "zts-trixie"
        ),
    },
    "postgres": {
        "18": "- alpine alpine3.23 alpine3.24 bookworm trixie",
        "17": "- alpine alpine3.23 alpine3.24 bookworm trixie",
        "16": "- alpine alpine3.23 alpine3.24 bookworm trixie",
        "15": "- alpine alpine3.23 alpine3.24 bookworm trixie",
        "14": "- alpine alpine3.23 alpine3.24 bookworm trixie",
        "": "alpine3.23 alpine3.24 bookworm trixie",
    },
    "pypy": {
        "": "bookworm slim-bookworm slim-trixie trixie",
    },
    "python": {
        "3.14": "- alpine alpine3.23 alpine3.24 bookworm slim slim-bookworm slim-trixie trixie",
        "3.13": "- alpine alpine3.23 alpine3.24 bookworm slim slim-bookworm slim-trixie trixie",
        "3.12": "- alpine alpine3.23 alpine3.24 bookworm slim slim-bookworm slim-trixie trixie",
        "3.11": "- alpine alpine3.23 alpine3.24 bookworm slim slim-bookworm slim-trixie trixie",
        "3.10": "- alpine alpine3.23 alpine3.24 bookworm slim slim-bookworm slim-trixie trixie",
        "": "alpine3.23 alpine3.24 bookworm slim-bookworm slim-trixie trixie",
    },
    "rabbitmq": {
        "4.3": "- alpine management management-alpine",
        "4.2": "- alpine management management-alpine",
        "4.1": "- alpine management management-alpine",
        "4.0": "- alpine management management-alpine",
    },
    "redis": {
        "8.10": "- alpine alpine3.23 trixie",
        "8.8": "- alpine alpine3.23 trixie",
        "8.6": "- alpine alpine3.23 trixie",
        "8.4": "- alpine alpine3.22 trixie",
        "8.2": "- alpine alpine3.22 bookworm",
        "7.4": "- alpine alpine3.21 bookworm",
        "7.2": "- alpine alpine3.21 bookworm",
        "6.2": "- alpine alpine3.21 bookworm",
        "": "alpine3.23 trixie",
    },
    "rockylinux": {
        "9": "- minimal",
        "8": "- minimal",
    },
    "ruby": {
        "4.0": "- alpine alpine3.23 alpine3.24 bookworm slim slim-bookworm slim-trixie trixie",
        "3.4": "- alpine alpine3.23 alpine3.24 bookworm slim slim-bookworm slim-trixie trixie",
        "3.3": "- alpine alpine3.23 alpine3.24 bookworm slim slim-bookworm slim-trixie trixie",
        "": "alpine3.23 alpine3.24 bookworm slim-bookworm slim-trixie trixie",
    },
    "rust": {
        "": (
            "alpine3.21 alpine3.22 alpine3.23 alpine3.24 bookworm bullseye slim-bookworm "
            "slim-bullseye slim-trixie trixie"
        ),
    },
    "swift": {
        "": "bookworm bookworm-slim jammy jammy-slim noble noble-slim",
    },
    "tomcat": {
        "11.0": (
            "- jdk17 jdk17-temurin jdk17-temurin-jammy jdk17-temurin-noble jdk21 "
            "jdk21-temurin jdk21-temurin-jammy jdk21-temurin-noble jdk25 jdk25-temurin "
            "jdk25-temurin-jammy jdk25-temurin-noble jre17 jre17-temurin jre17-temurin-jammy "
            "jre17-temurin-noble jre21 jre21-temurin jre21-temurin-jammy jre21-temurin-noble "
            "jre25 jre25-temurin jre25-temurin-jammy jre25-temurin-noble"
        ),
        "10.1": (
            "- jdk11 jdk11-temurin jdk11-temurin-jammy jdk11-temurin-noble jdk17 "
            "jdk17-temurin jdk17-temurin-jammy jdk17-temurin-noble jdk21 jdk21-temurin "
            "jdk21-temurin-jammy jdk21-temurin-noble jdk25 jdk25-temurin jdk25-temurin-jammy "
            "jdk25-temurin-noble jre11 jre11-temurin jre11-temurin-jammy jre11-temurin-noble "
            "jre17 jre17-temurin jre17-temurin-jammy jre17-temurin-noble jre21 jre21-temurin "
            "jre21-temurin-jammy jre21-temurin-noble jre25 jre25-temurin jre25-temurin-jammy "
            "jre25-temurin-noble"
        ),
        "9.0": (
            "- jdk11 jdk11-temurin jdk11-temurin-jammy jdk11-temurin-noble jdk17 "
            "jdk17-temurin jdk17-temurin-jammy jdk17-temurin-noble jdk21 jdk21-temurin "
            "jdk21-temurin-jammy jdk21-temurin-noble jdk25 jdk25-temurin jdk25-temurin-jammy "
            "jdk25-temurin-noble jdk8 jdk8-temurin jdk8-temurin-jammy jdk8-temurin-noble "
            "jre11 jre11-temurin jre11-temurin-jammy jre11-temurin-noble jre17 jre17-temurin "
            "jre17-temurin-jammy jre17-temurin-noble jre21 jre21-temurin jre21-temurin-jammy "
            "jre21-temurin-noble jre25 jre25-temurin jre25-temurin-jammy jre25-temurin-noble "
            "jre8 jre8-temurin jre8-temurin-jammy jre8-temurin-noble"
        ),
        "": (
            "jdk17-temurin-jammy jdk17-temurin-noble jdk21-temurin-jammy jdk21-temurin-noble "
            "jdk25-temurin-jammy jdk25-temurin-noble jre17-temurin-jammy jre17-temurin-noble "
            "jre21-temurin-jammy jre21-temurin-noble jre25-temurin-jammy jre25-temurin-noble"
        ),
    },
    "traefik": {
        "3.7": "-",
        "2.11": "-",
    },
    "ubuntu": {
        "26.04": "-",
        "resolute": "-",
        "24.04": "-",
        "noble": "-",
        "22.04": "-",
        "jammy": "-",
    },
}
