"""What is commonly known of public base images by their name alone.

Used where no image was read; a fact from here is evidence of the name, not of the bytes, and every
caller says so. Repositories are matched by path without the registry, so that mirrors count too.
Sources: the images' own documentation and Dockerfiles (docker-library, distroless
`common/variables.bzl`, Chainguard and Bitnami image pages, Red Hat UBI catalogue).
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

TRUSTED_PREFIXES = ("library/",)


class Family(StrEnum):
    """Which commands create an account there."""

    DEBIAN = "debian"
    ALPINE = "alpine"
    RHEL = "rhel"
    SUSE = "suse"
    ARCH = "arch"
    WOLFI = "wolfi"
    BUSYBOX = "busybox"
    DISTROLESS = "distroless"
    SCRATCH = "scratch"
    WINDOWS = "windows"
    UNKNOWN = "unknown"


class Account(NamedTuple):
    """A user of an image: numeric ids, its name there ("" when it has none) and its home."""

    name: str
    uid: int
    gid: int
    home: str = ""


class Reference(NamedTuple):
    """An image reference in parts. `path` is the repository without registry and `library/`."""

    registry: str
    path: str
    tag: str
    digest: str

    @property
    def name(self) -> str:
        """Last component of the path."""
        return self.path.rpartition("/")[2]


def split_reference(text: str) -> Reference:
    """The parts of `[registry/]path[:tag][@digest]`; never raises."""
    rest, _, digest = text.partition("@")
    head, slash, last = rest.rpartition("/")
    last, _, tag = last.partition(":")
    path = f"{head}{slash}{last}"
    first, _, more = path.partition("/")
    registry = ""
    if more and ("." in first or ":" in first or first == "localhost"):
        registry, path = first, more
    for prefix in TRUSTED_PREFIXES:
        path = path.removeprefix(prefix)
    return Reference(registry, path.lower(), tag, digest)


_PLACEHOLDER = re.compile(r"%%|@[A-Z]|\{\{|<%|(?:\A|/)(?:[A-Z_]{3,}|placeholder)\Z")


def is_placeholder(text: str) -> bool:
    """True for a text that a template engine replaces before the build: `%%FROM%%`, `@BASE@`,
    `{{ base }}`, `PLACEHOLDER`. No image is called so: a repository has no capitals."""
    return _PLACEHOLDER.search(text) is not None


def is_name_placeholder(text: str) -> bool:
    """True where it is the name of the image, not only its tag, that is replaced."""
    folder, slash, last = text.rpartition("/")
    return is_placeholder(folder + slash + last.partition(":")[0])


_DEBIAN_NAMES = frozenset(
    "debian ubuntu buildpack-deps gcc python pypy node golang ruby php perl rust haskell "  # noqa: SIM905
    "julia "
    "elixir erlang clojure r-base swift nginx httpd postgres redis valkey mariadb mongo rabbitmq "
    "memcached haproxy tomcat jetty eclipse-temurin maven gradle sbt wordpress drupal joomla "
    "nextcloud ghost redmine neo4j cassandra solr influxdb telegraf couchdb varnish jenkins "
    "adoptopenjdk ibm-semeru-runtimes aspnet runtime sdk bun deno uv minideb".split()
)
_RHEL_NAMES = frozenset(
    "centos rockylinux almalinux fedora oraclelinux amazonlinux amazoncorretto "  # noqa: SIM905
    "ubi7 ubi8 ubi9 "
    "ubi10 ubi ubi-minimal ubi-init ubi-micro mysql rhel7 rhel8 rhel9 photon keycloak".split()
)
_DEBIAN_TAGS = (
    "bookworm", "bullseye", "buster", "trixie", "stretch", "jammy", "noble", "focal", "bionic",
    "ubuntu", "debian", "slim",
)  # fmt: skip
_RHEL_TAGS = ("ubi8", "ubi9", "ubi10", "oracle", "centos", "al2", "al2023", "amazonlinux", "fedora")


def family_by_name(text: str) -> Family:
    """The family that an image reference most probably belongs to."""
    if text.lower() == "scratch":
        return Family.SCRATCH
    reference = split_reference(text)
    path, name, tag = reference.path, reference.name, reference.tag.lower()
    where = f"{path}:{tag}"
    if "/windows/" in where or where.startswith("windows/") or name == "windows":
        return Family.WINDOWS
    if any(word in where for word in ("nanoserver", "servercore", "windowsserver")):
        return Family.WINDOWS
    if "distroless" in path.split("/"):
        return Family.DISTROLESS
    if "chainguard" in path.split("/") or name in ("wolfi-base", "chainguard-base"):
        return Family.WOLFI
    if name == "alpine" or "alpine" in tag or name.startswith("alpine-") or "-alpine" in name:
        return Family.ALPINE
    if name == "busybox":
        return Family.BUSYBOX
    if name in ("leap", "tumbleweed") or path.startswith(("opensuse/", "suse/", "bci/")):
        return Family.SUSE
    if name in ("archlinux", "arch"):
        return Family.ARCH
    if name in _RHEL_NAMES or re.match(r"ubi\d+(/|$)", path) or any(x in tag for x in _RHEL_TAGS):
        return Family.RHEL
    if name == "docker" and "windows" not in tag:
        return Family.ALPINE
    if name == "openjdk" and re.match(r"(7|8|9|10|11)(\D|$)", tag):
        return Family.DEBIAN
    if name in _DEBIAN_NAMES or any(word in tag for word in _DEBIAN_TAGS):
        return Family.DEBIAN
    return Family.UNKNOWN


NONROOT = Account("nonroot", 65532, 65532, "/home/nonroot")

_ACCOUNTS: tuple[tuple[str, Account], ...] = (
    (r"(.*/)?node", Account("node", 1000, 1000, "/home/node")),
    (r"nginx", Account("nginx", 101, 101, "")),
    (r"jenkins/(jenkins|inbound-agent|agent|ssh-agent)", Account("jenkins", 1000, 1000, "")),
    (r"gradle", Account("gradle", 1000, 1000, "/home/gradle")),
    (r"denoland/deno", Account("deno", 1993, 1993, "")),
    (r"oven/bun", Account("bun", 1000, 1000, "/home/bun")),
    (r"dotnet/(aspnet|runtime|runtime-deps|sdk)", Account("app", 1654, 1654, "/home/app")),
    (r"(.*/)?distroless/.*", NONROOT),
    (r"(.*/)?chainguard/.*", NONROOT),
    (r"grafana/grafana(-oss|-enterprise)?", Account("grafana", 472, 0, "")),
    (r"(quay\.io/)?keycloak/keycloak", Account("keycloak", 1000, 0, "/opt/keycloak")),
    (r"elasticsearch(/elasticsearch)?", Account("elasticsearch", 1000, 0, "")),
    (r"nginxinc/nginx-unprivileged", Account("nginx", 101, 101, "")),
    (r"bitnami(legacy|secure)?/.*", Account("", 1001, 0, "")),
    (r"ubi\d+/(python|nodejs|ruby|php|perl|go-toolset|openjdk|httpd|nginx)-.*", Account("default", 1001, 0, "/opt/app-root/src")),  # noqa: E501
    (r"jupyter/.*", Account("jovyan", 1000, 100, "/home/jovyan")),
    (r"curlimages/curl", Account("curl_user", 100, 101, "")),
    (r"selenium/.*", Account("seluser", 1200, 1201, "")),
    (r"apache/airflow", Account("airflow", 50000, 0, "")),
)  # fmt: skip


_WEB_SERVERS = ("php", "httpd", "wordpress", "drupal", "joomla", "nextcloud", "matomo")
"""They run their workers as www-data: 33 on Debian, 82 on Alpine."""


def known_account(text: str) -> Account | None:
    """The unprivileged account that this base is known to carry."""
    reference = split_reference(text)
    if reference.path.startswith("dotnet/") and re.match(r"[1-7]\.|[1-7]$", reference.tag):
        return None
    if reference.name in _WEB_SERVERS:
        number = 82 if "alpine" in reference.tag else 33
        return Account("www-data", number, number, "")
    for pattern, account in _ACCOUNTS:
        if re.fullmatch(pattern, reference.path):
            return account
    return None


_NON_ROOT = (
    r"nginxinc/nginx-unprivileged", r"bitnami(legacy|secure)?/.*", r"jenkins/.*",
    r"grafana/(?!alloy|beyla).*", r"prom/.*", r"prometheus/.*", r"keycloak/keycloak",
    r"elasticsearch(/elasticsearch)?", r"kibana(/kibana)?", r"logstash(/logstash)?", r"solr",
    r"sonarqube", r"(.*/)?jupyter/.*", r"curlimages/curl", r"selenium/(?!video).*",
    r"apache/(airflow|superset|kafka|druid)", r"confluentinc/cp-.*",
    r"ubi\d+/(python|nodejs|ruby|php|perl|go-toolset|openjdk|httpd|nginx)-.*",
    r"openpolicyagent/opa", r"varnish", r"memcached", r"haproxy", r"jetty", r"dexidp/dex",
    r"fluxcd/.*", r"argoproj/argocd", r"codercom/code-server",
)  # fmt: skip


def non_root_by_name(text: str) -> bool:
    """True when the image of that name is known to start as an unprivileged user."""
    reference = split_reference(text)
    tag = reference.tag.lower()
    parts = reference.path.split("/")
    if "distroless" in parts:
        return "nonroot" in tag
    if "chainguard" in parts:
        return reference.name not in ("wolfi-base", "chainguard-base")
    if tag_says_non_root(tag) or (reference.path.startswith("dotnet/") and "chiseled" in tag):
        return True
    if reference.name == "haproxy":
        return not re.match(r"(1\.|2\.[0-3](\D|$))", tag)
    return any(re.fullmatch(pattern, reference.path) for pattern in _NON_ROOT)


def tag_says_non_root(tag: str) -> bool:
    """True for tags such as `nonroot` and `1.2-rootless`."""
    return any(word in tag.lower() for word in ("nonroot", "non-root", "rootless", "unprivileged"))


_SELF_DROPPING = {
    "postgres": ("gosu", "postgres"),
    "mysql": ("gosu", "mysql"),
    "mariadb": ("gosu", "mysql"),
    "redis": ("setpriv or gosu", "redis"),
    "valkey": ("setpriv", "valkey"),
    "mongo": ("gosu", "mongodb"),
    "rabbitmq": ("gosu", "rabbitmq"),
    "cassandra": ("gosu", "cassandra"),
    "ghost": ("gosu", "node"),
    "neo4j": ("su-exec", "neo4j"),
    "influxdb": ("gosu", "influxdb"),
    "couchdb": ("gosu", "couchdb"),
    "redmine": ("gosu", "redmine"),
    "postgis": ("gosu", "postgres"),
    "percona": ("gosu", "mysql"),
    "zookeeper": ("gosu", "zookeeper"),
    "chronograf": ("su-exec", "chronograf"),
    "timescaledb": ("gosu", "postgres"),
    "pgvector": ("gosu", "postgres"),
    "consul": ("su-exec", "consul"),
    "vault": ("su-exec", "vault"),
}


def drops_privileges_by_name(text: str) -> tuple[str, str] | None:
    """Tool and account by which the entrypoint of this base leaves root, None when unknown."""
    return _SELF_DROPPING.get(split_reference(text).name)


_SERVERS = frozenset(
    "nginx httpd haproxy memcached tomcat jetty varnish solr sonarqube elasticsearch kibana nats "  # noqa: SIM905
    "nginx-unprivileged traefik caddy jenkins wordpress drupal joomla nextcloud matomo "
    "registry keycloak grafana prometheus".split()
)


def is_server_by_name(text: str) -> bool:
    """True when the image of that name is known to start a server."""
    name = split_reference(text).name
    return name in _SERVERS or name in _SELF_DROPPING
