"""Subjects made in memory for the screen's tests: a full one, an empty one, a hostile one."""

from __future__ import annotations

from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch
from hardening.opening import memory_subject
from hardening.subject import Subject

DOCKERFILE = """\
# A small shop, as many teams first write it.
FROM python:3.9

MAINTAINER web-team@example.com

ENV FLASK_APP=app \\
    SECRET_KEY=dev-Zq81mTnR5vXcP20y

WORKDIR app

RUN apt-get update
RUN apt-get install -y gcc libpq-dev

COPY pip.conf /etc/pip.conf
ADD requirements.txt .
RUN pip install -r requirements.txt
RUN rm /etc/pip.conf

COPY . .

EXPOSE 5000
CMD flask run --host 0.0.0.0
"""

TOKEN = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"
"""A well-known example token of the right form; it opens nothing."""

FILES = {
    "pip.conf": "[global]\nindex-url = https://bot:" + TOKEN + "@pypi.example/simple\n",
    "requirements.txt": "flask==3.0.0\n",
    "app/__init__.py": "import flask\n",
    ".env": f"GITHUB_TOKEN={TOKEN}\n",
}


def sketch() -> ImageSketch:
    """Seven layers: two of the base, a token that is deleted later, a setuid file."""
    return ImageSketch(
        reference="shop:1.4",
        base_layers=2,
        cmd=("/bin/sh", "-c", "flask run --host 0.0.0.0"),
        working_dir="/app",
        env={"PATH": "/usr/bin", "FLASK_APP": "app", "SECRET_KEY": "dev-Zq81mTnR5vXcP20y"},
        layers=(
            LayerSketch(
                command="/bin/sh -c #(nop) ADD file:1a2b3c in / ",
                files={
                    "etc/os-release": 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n',
                    "etc/passwd": "root:x:0:0:root:/root:/bin/bash\n",
                    "etc/group": "root:x:0:\n",
                    "bin/bash": FileSketch(b"\x7fELF", mode=0o755, size=1_265_648),
                    "usr/bin/passwd": FileSketch(b"\x7fELF", mode=0o4755, size=68_248),
                    "usr/lib/libc.so.6": FileSketch(b"\x7fELF", mode=0o755, size=1_926_256),
                    "var/lib/dpkg/status": "Package: bash\nVersion: 5.2.15-2\n\n",
                },
            ),
            LayerSketch(
                command="/bin/sh -c set -eux; make install",
                files={
                    "usr/local/bin/python3.9": FileSketch(b"\x7fELF", mode=0o755, size=5_904_904)
                },
            ),
            LayerSketch(command="ENV FLASK_APP=app SECRET_KEY=dev-Zq81mTnR5vXcP20y", empty=True),
            LayerSketch(
                command="RUN /bin/sh -c apt-get update # buildkit",
                files={
                    "var/lib/apt/lists/mirror.example_Packages": FileSketch(b"P", size=8_912_331),
                },
            ),
            LayerSketch(
                command="RUN /bin/sh -c apt-get install -y gcc libpq-dev # buildkit",
                files={
                    "usr/bin/gcc": FileSketch(b"\x7fELF", mode=0o755, size=1_100_000),
                    "var/lib/dpkg/status": "Package: bash\nVersion: 5.2.15-2\n\nPackage: gcc\n",
                },
            ),
            LayerSketch(
                command="COPY pip.conf /etc/pip.conf # buildkit",
                files={"etc/pip.conf": FILES["pip.conf"]},
            ),
            LayerSketch(
                command="RUN /bin/sh -c rm /etc/pip.conf # buildkit",
                files={"etc/pip.conf": None},
            ),
            LayerSketch(
                command="COPY . . # buildkit",
                files={
                    "app/.env": FILES[".env"],
                    "app/app/__init__.py": FILES["app/__init__.py"],
                    "app/requirements.txt": FILES["requirements.txt"],
                },
            ),
        ),
    )


def full_subject() -> Subject:
    """A Dockerfile, its context and its image: every pane has rows."""
    return memory_subject(DOCKERFILE, files=FILES, image=sketch())


def clean_subject() -> Subject:
    """Nothing to find, and no image."""
    return memory_subject("FROM scratch\n")
