"""System packages: which only build, and which library of them is needed to run.

Facts from the package indexes of Debian 11 to 13 and Alpine 3.18 to 3.22.
"""

from __future__ import annotations

from dataclasses import dataclass

COMPILERS = frozenset(
    [
        "gcc",
        "g++",
        "cpp",
        "make",
        "cmake",
        "clang",
        "llvm",
        "build-essential",
        "build-base",
        "autoconf",
        "automake",
        "libtool",
        "musl-dev",
        "libc-dev",
        "libc6-dev",
        "linux-headers",
        "gfortran",
        "ninja-build",
        "ninja",
        "meson",
        "golang",
        "golang-go",
        "go",
        "rustc",
        "cargo",
        "rust",
        "default-jdk",
        "openjdk-8-jdk",
        "openjdk-11-jdk",
        "openjdk-17-jdk",
        "openjdk-21-jdk",
        "maven",
        "gradle",
        "gcc-c++",
        "bison",
        "flex",
        "nasm",
        "yasm",
        "dpkg-dev",
        "patch",
        "pkg-config",
        "pkgconf",
    ]
)

_DEBIAN_RUNTIME = {
    "libpq-dev": "libpq5",
    "default-libmysqlclient-dev": "libmariadb3",
    "libmariadb-dev": "libmariadb3",
    "libxml2-dev": "libxml2",
    "libxslt1-dev": "libxslt1.1",
    "libxslt-dev": "libxslt1.1",
    "libjpeg-dev": "libjpeg62-turbo",
    "libjpeg62-turbo-dev": "libjpeg62-turbo",
    "libpng-dev": "libpng16-16",
    "libfreetype6-dev": "libfreetype6",
    "libmagic-dev": "libmagic1",
    "libsodium-dev": "libsodium23",
    "libyaml-dev": "libyaml-0-2",
    "libgeos-dev": "libgeos-c1v5",
    "libvips-dev": "libvips42",
    "libcairo2-dev": "libcairo2",
    "librdkafka-dev": "librdkafka1",
    "libsqlite3-dev": "libsqlite3-0",
    "libcurl4-openssl-dev": "libcurl4",
    "unixodbc-dev": "unixodbc",
    "libffi-dev": "",
    "libssl-dev": "",
    "zlib1g-dev": "",
    "libbz2-dev": "",
    "liblzma-dev": "",
    "python3-dev": "",
    "python-dev": "",
    "libc6-dev": "",
}
_ALPINE_RUNTIME = {
    "postgresql-dev": "libpq",
    "libpq-dev": "libpq",
    "mariadb-dev": "mariadb-connector-c",
    "mariadb-connector-c-dev": "mariadb-connector-c",
    "libxml2-dev": "libxml2",
    "libxslt-dev": "libxslt",
    "jpeg-dev": "libjpeg-turbo",
    "libjpeg-turbo-dev": "libjpeg-turbo",
    "libpng-dev": "libpng",
    "freetype-dev": "freetype",
    "libmagic": "libmagic",
    "libsodium-dev": "libsodium",
    "yaml-dev": "yaml",
    "geos-dev": "geos",
    "vips-dev": "vips",
    "cairo-dev": "cairo",
    "libffi-dev": "libffi",
    "openssl-dev": "",
    "zlib-dev": "",
    "python3-dev": "",
    "musl-dev": "",
    "libc-dev": "",
    "linux-headers": "",
}


@dataclass(frozen=True, slots=True)
class RuntimePackages:
    """`keep` is installed in the runtime stage; `unclear` are development packages whose library
    is not in the tables."""

    manager: str
    keep: tuple[str, ...]
    unclear: tuple[str, ...]

    def line(self, escape: str) -> str | None:
        """The RUN that installs them, None when there is nothing to install."""
        if not self.keep:
            return None
        words = " ".join(self.keep)
        if self.manager == "apk":
            return f"RUN apk add --no-cache {words}"
        joint = f" {escape}\n    && "
        return joint.join(
            (
                "RUN apt-get update",
                f"apt-get install -y --no-install-recommends {words}",
                "rm -rf /var/lib/apt/lists/*",
            )
        )


def runtime_packages(
    installed: tuple[tuple[str, str], ...], builders: frozenset[str] = frozenset()
) -> RuntimePackages:
    """Sorts what the build installs: compilers and the recipe's own `builders` go, development
    packages become their library, the rest stays."""
    manager = installed[0][0] if installed else "apt-get"
    table = _ALPINE_RUNTIME if manager == "apk" else _DEBIAN_RUNTIME
    keep: dict[str, None] = {}
    unclear = []
    for _, word in installed:
        name = word.partition("=")[0].partition("~")[0]
        if name in table:
            if table[name]:
                keep[table[name]] = None
        elif name in COMPILERS or name in builders or name.startswith("."):
            continue
        elif name.endswith(("-dev", "-devel", "-headers")):
            unclear.append(name)
        else:
            keep[word] = None
    return RuntimePackages(manager, tuple(keep), tuple(unclear))
