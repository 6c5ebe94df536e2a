"""Which version of its base an image was built on, as the image itself tells."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Stage
from hardening.model import Fix, holds, unknown
from hardening.rules.support import facts
from hardening.rules.support_images import Reference, is_literal, pin_fixes
from hardening.subject import Subject

VARIABLES = {
    "python": "PYTHON_VERSION",
    "node": "NODE_VERSION",
    "golang": "GOLANG_VERSION",
    "php": "PHP_VERSION",
    "ruby": "RUBY_VERSION",
    "nginx": "NGINX_VERSION",
    "redis": "REDIS_VERSION",
    "postgres": "PG_MAJOR",
    "mysql": "MYSQL_MAJOR",
    "mongo": "MONGO_VERSION",
    "httpd": "HTTPD_VERSION",
    "tomcat": "TOMCAT_VERSION",
    "rabbitmq": "RABBITMQ_VERSION",
    "memcached": "MEMCACHED_VERSION",
    "haproxy": "HAPROXY_VERSION",
    "rust": "RUST_VERSION",
}
"""Variable by which an official image tells its own version."""
SYSTEMS = ("debian", "ubuntu", "alpine", "fedora", "rockylinux", "almalinux")
RELEASE_IDS = {"rockylinux": "rocky"}


def version_of_base(subject: Subject, stage: Stage, reference: Reference) -> tuple[str, str] | None:
    """(tag, evidence) of the base of the stage that ships, read from the built image."""
    dockerfile = facts(subject).dockerfile
    final = dockerfile.final_stage
    image = subject.image
    if image is None or final is None or dockerfile.chain(final)[0] is not stage:
        return None
    name = reference.official
    variable = VARIABLES.get(name)
    if variable is not None:
        version = image.config.environment().get(variable, "")
        return (version, f"{variable}={version} in the image") if version[:1].isdigit() else None
    if name not in SYSTEMS or not image.files_read:
        return None
    from hardening.image.release import os_release

    release = os_release(image)
    if release is None or release.id != RELEASE_IDS.get(name, name) or not release.version_id:
        return None
    tag = release.version_id
    if name == "alpine":
        tag = ".".join(tag.split(".")[:2])
    return tag, f"os-release of the image says {release.id} {release.version_id}"


def version_fixes(subject: Subject, stage: Stage, reference: Reference) -> Iterator[Fix]:
    """Name the version: by digest when a local copy is known, else by what the image tells."""
    yield from pin_fixes(subject, stage, reference)
    found = version_of_base(subject, stage, reference)
    if found is None or not is_literal(stage):
        return
    tag, evidence = found
    yield Fix(
        "name-version",
        f"Write {reference.name}:{tag}",
        (replace_span(facts(subject).dockerfile, stage.base.span, f"{reference.name}:{tag}"),),
        (
            holds("The version is that of the image at hand", evidence),
            unknown("The image was built from this Dockerfile, lately", "Only a build can show it"),
        ),
        "The next build starts from the release that the image has now.",
    )
