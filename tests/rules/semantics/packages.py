"""Package managers: options in any order, wrappers, configuration, mounts."""

from __future__ import annotations

from tests.rules.semantics import Rows

LISTS = "rm -rf /var/lib/apt/lists/*"
UPDATE = "apt-get update && apt-get install -y --no-install-recommends curl"
WINDOWS = "FROM mcr.microsoft.com/windows/nanoserver:ltsc2025"

ROWS: dict[str, Rows] = {
    "apt-without-yes": Rows(
        fires=(
            "RUN apt-get install curl",
            "run apt-get -q install curl",
            "RUN apt-get --quiet install curl",
            "RUN apt-get install -t sid curl",
            "RUN apt-get install -tbookworm-backports-sloppy curl",
            "RUN apt-get install -oDpkg::Options::=--force-confold curl",
            "RUN apt-get -o APT::Get::Assume-Yes=false install curl",
            "RUN apt-get -y update && apt-get install curl",
            "ENV DEBIAN_FRONTEND=noninteractive\nRUN apt-get install curl",
            "RUN DEBIAN_FRONTEND=noninteractive apt-get install curl",
            "RUN sh -c 'apt-get install curl'",
            'RUN bash -exc "apt-get update && apt-get install curl"',
            'RUN ["/bin/bash", "-c", "apt-get update && apt-get install curl"]',
            "RUN set -eux; apt-get install curl",
            'RUN if [ -n "$X" ]; then apt-get install curl; fi',
            "RUN for p in curl git; do apt-get install $p; done",
            "RUN get() { apt-get install curl; }; get",
            "RUN (apt-get update; apt-get install curl)",
            "RUN { apt-get update; apt-get install curl; }",
            "RUN env DEBIAN_FRONTEND=noninteractive apt-get install curl",
            "RUN sudo -E apt-get install curl",
            "RUN echo curl | xargs apt-get install",
            "RUN xargs -a packages.txt apt-get install",
            "RUN time nice -n 10 timeout 600 apt-get install curl",
            "RUN /usr/bin/apt-get install curl",
            "RUN ! apt-get install curl",
            "RUN x=$(apt-get install curl)",
            "RUN apt-get \\\n  # the order of these does not matter\n\n  install \\\n  curl",
            "RUN <<EOF\napt-get install curl\nEOF",
            "RUN bash <<'EOF'\napt-get install curl\nEOF",
            "RUN <<EOF\n#!/bin/bash\napt-get install curl\nEOF",
            "# escape=`\nFROM debian:13\nRUN apt-get install `\n  curl",
            "ONBUILD RUN apt-get install curl",
            "FROM debian:13 AS build\nRUN apt-get install gcc\nFROM debian:13",
            "# assume-yes would help\nFROM debian:13\nRUN apt-get install curl",
            "FROM debian:13 AS a\nRUN echo 'APT::Get::Assume-Yes \"1\";' >/etc/apt/apt.conf.d/y\n"
            "FROM debian:13\nRUN apt-get install curl",
            "RUN apt-get install curl\n"
            "RUN echo 'APT::Get::Assume-Yes \"1\";' >/etc/apt/apt.conf.d/y",
            "ENV APT=apt-get\nRUN $APT install curl",
            'ENV OPTS="-q"\nRUN apt-get install $OPTS curl',
            "RUN apt-get install $PACKAGES",
        ),
        silent=(
            "RUN apt-get -qq -y install curl",
            "RUN apt-get install --yes curl",
            "RUN apt-get -yq install curl",
            "RUN apt-get --assume-yes install curl",
            "RUN apt-get -qq install curl",
            "RUN apt-get -q -q install curl",
            "RUN apt-get -q=2 install curl",
            "RUN apt-get install curl -y",
            "RUN apt-get install -fy",
            "RUN apt-get -oAPT::Get::Assume-Yes=true install curl",
            "RUN apt-get --option=APT::Get::Assume-Yes=1 install curl",
            "RUN apt-get install -s curl",
            "RUN yes | apt-get install curl",
            "RUN yes | sudo apt-get install curl",
            "RUN apt-get update && apt-get clean && apt-get autoclean",
            "RUN echo apt-get install curl",
            "RUN printf '%s\\n' 'apt-get install curl' > /usr/local/bin/x",
            "RUN : \\\n  # apt-get install curl\n  && true",
            "RUN cat > /x.sh <<EOF\napt-get install curl\nEOF",
            "COPY <<EOF /x.sh\napt-get install curl\nEOF",
            f"{WINDOWS}\nRUN apt-get install curl",
            'SHELL ["pwsh", "-Command"]\nRUN apt-get install curl',
            "FROM debian:13 AS a\nRUN echo 'APT::Get::Assume-Yes \"1\";' >/etc/apt/apt.conf.d/y\n"
            "FROM a\nRUN apt-get install curl",
            "RUN echo 'APT::Get::Assume-Yes \"1\";' >/etc/apt/apt.conf.d/y && apt-get install curl",
            'COPY <<EOF /etc/apt/apt.conf.d/90yes\nAPT::Get::Assume-Yes "true";\nEOF\n'
            "RUN apt-get install curl",
            'ENV APT="apt-get -y"\nRUN $APT install curl',
            'ENV OPTS="-y -q"\nRUN apt-get install $OPTS curl',
            "RUN opts='-qqy' && apt-get install $opts curl",
            "ARG APT_FLAGS\nRUN apt-get install $APT_FLAGS curl",
            "RUN command -v apt-get",
        ),
        fixed=(
            ("RUN sudo -E apt-get install curl", "RUN sudo -E apt-get install -y curl"),
            ("RUN sh -c 'apt-get install curl'", "RUN sh -c 'apt-get install -y curl'"),
            (
                "RUN apt-get \\\n  # why\n\n  install \\\n  curl",
                "RUN apt-get \\\n  # why\n\n  install -y \\\n  curl",
            ),
            (
                "# escape=`\nFROM debian:13\nRUN apt-get install `\n  curl",
                "# escape=`\nFROM debian:13\nRUN apt-get install -y `\n  curl",
            ),
            ("RUN <<EOF\napt-get install curl\nEOF", "RUN <<EOF\napt-get install -y curl\nEOF"),
            (
                "RUN a() { apt-get install curl; }; a",
                "RUN a() { apt-get install -y curl; }; a",
            ),
            ("ONBUILD RUN apt-get install curl", "ONBUILD RUN apt-get install -y curl"),
        ),
    ),
    "apt-recommends": Rows(
        fires=(
            "RUN apt-get install -y nginx",
            "RUN apt install -y nginx",
            "RUN apt-get install -y --no-install-suggests nginx",
            "RUN apt-get install -y -o APT::Install-Suggests=false nginx",
            "RUN if true; then apt-get -y install nginx; fi",
            "# APT::Install-Recommends is left on\nFROM debian:13\nRUN apt-get install -y nginx",
            "RUN apt-get install -y nginx\n"
            "RUN echo 'APT::Install-Recommends \"0\";' > /etc/apt/apt.conf.d/lean",
            "FROM debian:13 AS a\nRUN echo 'APT::Install-Recommends \"0\";' >/etc/apt/apt.conf.d/z"
            "\nFROM debian:13\nRUN apt-get install -y nginx",
            "RUN echo 'APT::Install-Recommends \"1\";' > /etc/apt/apt.conf.d/lean\n"
            "RUN apt-get install -y nginx",
        ),
        silent=(
            "RUN apt-get --no-install-recommends -y install nginx",
            "RUN apt-get install -y nginx --no-install-recommends",
            "RUN aptitude install -y -R nginx",
            "RUN apt-get install -y -oAPT::Install-Recommends=0 nginx",
            "RUN apt-get install -y --option APT::Install-Recommends=false nginx",
            "RUN apt-get -o 'apt::install-recommends=0' install -y nginx",
            'RUN echo "APT::Install-Recommends 0;" >> /etc/apt/apt.conf\n'
            "RUN apt-get install -y nginx",
            "RUN echo 'apt::install-recommends \"false\";' | tee /etc/apt/apt.conf.d/99x\n"
            "RUN apt-get install -y nginx",
            "RUN printf 'APT::Install-Recommends \"0\";\\n' > /etc/apt/apt.conf.d/z "
            "&& apt-get install -y nginx",
            'COPY <<EOF /etc/apt/apt.conf.d/01lean\nAPT::Install-Recommends "0";\nEOF\n'
            "RUN apt-get install -y nginx",
            "RUN <<EOF\ncat > /etc/apt/apt.conf.d/z <<END\nAPT::Install-Recommends 0;\nEND\n"
            "apt-get install -y nginx\nEOF",
            "FROM debian:13 AS a\nRUN echo 'APT::Install-Recommends \"0\";' >/etc/apt/apt.conf.d/z"
            "\nFROM a\nRUN apt-get install -y nginx",
            'ENV I="apt-get install -y --no-install-recommends"\nRUN $I nginx',
            'ARG F="-y --no-install-recommends"\nRUN apt-get install $F nginx',
            f"{WINDOWS}\nRUN apt-get install -y nginx",
            "RUN apt-get remove -y nginx",
        ),
        fixed=(
            (
                "RUN set -eux; apt-get -yq install nginx; nginx -v",
                "RUN set -eux; apt-get -yq install --no-install-recommends nginx; nginx -v",
            ),
        ),
    ),
    "apt-lists-left-behind": Rows(
        fires=(
            f"RUN {UPDATE}",
            f"RUN {UPDATE} && apt-get clean",
            f"RUN {UPDATE}\nRUN {LISTS}",
            f"RUN {LISTS} && {UPDATE}",
            f"RUN --mount=type=cache,target=/var/cache/apt {UPDATE}",
            f"RUN --mount=type=bind,target=/var/lib/apt {UPDATE} || true",
            f"RUN sh -c '{UPDATE}'",
            f"FROM debian:13 AS a\nRUN {UPDATE}\nFROM a",
            f"RUN {UPDATE} && echo {LISTS}",
            f"RUN {UPDATE} \\\n  # {LISTS}\n  && true",
            f"ONBUILD RUN {UPDATE}",
            f"RUN clean() {{ {LISTS}; }}; {UPDATE}",
        ),
        silent=(
            f"RUN {UPDATE} && {LISTS}",
            f"RUN {UPDATE}; sudo {LISTS}",
            f'RUN {UPDATE} && rm -rf "/var/lib/apt/lists"/*',
            f"RUN {UPDATE} && rm -r -f -- /tmp/* /var/lib/apt/lists",
            f"RUN {UPDATE} && rm -rf /var/{{lib/apt/lists,cache/apt}}",
            f"RUN {UPDATE} && rm -rf /var/lib/apt/lists/{{*,.[!.]*}}",
            f"RUN {UPDATE} && find /var/lib/apt/lists -type f -delete",
            f"RUN {UPDATE} && apt-get distclean",
            f"RUN {UPDATE} && sh -c '{LISTS}'",
            f"RUN {UPDATE} && if true; then {LISTS}; fi",
            f"RUN clean() {{ {LISTS}; }}; {UPDATE}; clean",
            f"RUN trap '{LISTS}' EXIT; {UPDATE}",
            f"RUN --mount=type=cache,target=/var/lib/apt {UPDATE}",
            f"RUN --mount=type=cache,sharing=locked,dst=/var/lib/apt/lists {UPDATE}",
            f"RUN --mount=type=cache,destination=/var/lib {UPDATE}",
            f"RUN --mount=type=tmpfs,target=/var/lib/apt/lists {UPDATE}",
            f"ARG LISTS=/var/lib/apt/lists\nRUN --mount=type=cache,target=$LISTS {UPDATE}",
            f"FROM debian:13 AS build\nRUN {UPDATE}\nFROM debian:13\nCOPY --from=build /a /a",
            "RUN apt-get -h",
            f"{WINDOWS}\nRUN {UPDATE}",
        ),
        fixed=(
            (f"RUN {UPDATE}", f"RUN {UPDATE} && {LISTS}"),
            (
                "RUN set -eux; \\\n  apt-get update; \\\n  apt-get install -y x",
                f"RUN set -eux; \\\n  apt-get update; \\\n  apt-get install -y x; \\\n  {LISTS}",
            ),
        ),
    ),
    "apt-install-without-update": Rows(
        fires=(
            "RUN apt-get update && apt-get -y install a\nRUN apt-get -y install b",
            "FROM debian:13 AS a\nRUN apt update && apt -y install a\n"
            "FROM a\nRUN apt-get -y install b",
        ),
        silent=(
            "RUN apt-get -qq update && apt-get -qq install curl",
            "RUN apt update; apt install -y curl",
            "RUN sudo apt-get update && sudo apt-get install -y curl",
            "RUN sh -c 'apt-get update' && apt-get install -y curl",
            "RUN u() { apt-get update; }; u && apt-get install -y curl",
            "RUN <<EOF\napt-get update\napt-get install -y curl\nEOF",
            "RUN apt-get install -y ./local.deb",
            "RUN --mount=type=cache,target=/var/lib/apt/lists apt-get install -y curl",
        ),
    ),
    "apk-cache-left-behind": Rows(
        fires=(
            "FROM alpine:3.22\nRUN apk add curl",
            "FROM alpine:3.22\nRUN apk -U add curl",
            "FROM alpine:3.22\nRUN apk --update add curl",
            "FROM alpine:3.22\nRUN apk update && apk add -t .build curl && apk del .build",
            "FROM alpine:3.22\nRUN set -ex; sh -c 'apk add curl'",
            "FROM alpine:3.22 AS a\nRUN apk add curl\nFROM a",
        ),
        silent=(
            "FROM alpine:3.22\nRUN apk --no-cache add curl",
            "FROM alpine:3.22\nRUN apk add curl --no-cache",
            "FROM alpine:3.22\nRUN apk add -U curl && rm -rf /var/cache/apk/*",
            "FROM alpine:3.22\nRUN apk add curl && rm -rf /var/cache/*",
            "FROM alpine:3.22\nRUN --mount=type=cache,target=/var/cache/apk apk add curl",
            "FROM alpine:3.22\nRUN --mount=type=cache,target=/etc/apk/cache apk add curl",
            "FROM alpine:3.22 AS a\nRUN apk add curl\nFROM alpine:3.22\nCOPY --from=a /b /b",
            'FROM alpine:3.22\nENV ADD="apk add --no-cache"\nRUN $ADD curl',
        ),
        fixed=(
            (
                "FROM alpine:3.22\nRUN apk -U add curl",
                "FROM alpine:3.22\nRUN apk -U add --no-cache curl",
            ),
        ),
    ),
    "yum-without-yes": Rows(
        fires=(
            "FROM rockylinux:9\nRUN yum install curl",
            "FROM rockylinux:9\nRUN yum -q install curl",
            "FROM rockylinux:9\nRUN yum clean -y all; yum install curl",
            "FROM rockylinux:9\nRUN yum install --enablerepo=crypto curl",
        ),
        silent=(
            "FROM rockylinux:9\nRUN yum -y install curl",
            "FROM rockylinux:9\nRUN yum install curl -y",
            "FROM rockylinux:9\nRUN yum --assumeyes install curl",
            "FROM rockylinux:9\nRUN yum -yq install curl",
            "FROM rockylinux:9\nRUN yum --setopt=assumeyes=1 install curl",
            "FROM rockylinux:9\nRUN echo assumeyes=1 >> /etc/yum.conf && yum install curl",
            "FROM rockylinux:9\nRUN yes | yum install curl",
            "FROM rockylinux:9\nRUN yum list installed",
        ),
    ),
    "dnf-cache-left-behind": Rows(
        fires=(
            "FROM fedora:43\nRUN dnf -y install curl",
            "FROM fedora:43\nRUN dnf clean all && dnf -y install curl",
            "FROM fedora:43\nRUN dnf -y install curl\nRUN dnf clean all",
        ),
        silent=(
            "FROM fedora:43\nRUN dnf -y install curl && dnf -y clean all",
            "FROM fedora:43\nRUN dnf -y install curl && rm -rf /var/cache/*",
            "FROM fedora:43\nRUN dnf -y install curl && rm -rf /var/cache/dnf /var/cache/libdnf5",
            "FROM fedora:43\nRUN --mount=type=cache,target=/var/cache dnf -y install curl",
            "FROM fedora:43\nRUN --mount=type=cache,target=/var/cache/libdnf5 dnf -y install curl",
            "FROM fedora:43 AS b\nRUN dnf -y install gcc\nFROM fedora:43",
        ),
    ),
    "zypper-without-yes": Rows(
        fires=(
            "FROM opensuse/leap:15.6\nRUN zypper install curl",
            "FROM opensuse/leap:15.6\nRUN zypper -q in curl",
            "FROM opensuse/leap:15.6\nRUN zypper in -r nodes curl",
            "FROM opensuse/leap:15.6\nRUN zypper in -n curl",
        ),
        silent=(
            "FROM opensuse/leap:15.6\nRUN zypper -n in curl",
            "FROM opensuse/leap:15.6\nRUN zypper --non-interactive install curl",
            "FROM opensuse/leap:15.6\nRUN zypper -nq in curl",
            "FROM opensuse/leap:15.6\nRUN zypper in -y curl",
            "FROM opensuse/leap:15.6\nRUN zypper in --no-confirm curl",
            "FROM opensuse/leap:15.6\nRUN zypper clean --all",
        ),
        fixed=(
            (
                "FROM opensuse/leap:15.6\nRUN zypper -q in curl",
                "FROM opensuse/leap:15.6\nRUN zypper --non-interactive -q in curl",
            ),
        ),
    ),
    "pip-cache-left-behind": Rows(
        fires=(
            "FROM python:3.14\nRUN pip install flask",
            "FROM python:3.14\nRUN python3.14 -u -m pip install flask",
            "FROM python:3.14\nRUN /opt/venv/bin/pip3 install -U pip",
            "FROM python:3.14\nRUN . /venv/bin/activate && pip install flask",
            "FROM python:3.14\nENV PIP_NO_CACHE_DIR=\nRUN pip install flask",
            "FROM python:3.14\nRUN PIP_NO_CACHE_DIR=1 pip install a && pip install b",
            "FROM python:3.14\nRUN pip install a\nENV PIP_NO_CACHE_DIR=1",
            "FROM python:3.14 AS a\nENV PIP_NO_CACHE_DIR=1\nFROM python:3.14\nRUN pip install a",
            "FROM python:3.14\nRUN pip install a && rm -rf /tmp/*",
            "FROM python:3.14\nRUN runuser -u app -- pip install a",
            "FROM python:3.14\nRUN su app -c 'pip install a'",
            "FROM python:3.14\nRUN conda run -n x pip install a",
            'FROM python:3.14\nRUN ["pip", "install", "a"]',
        ),
        silent=(
            "FROM python:3.14\nRUN pip install --no-cache-dir flask",
            "FROM python:3.14\nRUN pip install --no-cache flask",
            "FROM python:3.14\nRUN pip --disable-pip-version-check --no-cache-dir install flask",
            "FROM python:3.14\nENV PIP_NO_CACHE_DIR=off\nRUN pip install flask",
            "FROM python:3.14\nENV PIP_NO_CACHE_DIR 0\nRUN pip install flask",
            "FROM python:3.14\nARG PIP_NO_CACHE_DIR=true\nRUN pip install flask",
            "FROM python:3.14\nRUN PIP_NO_CACHE_DIR=1 pip install flask",
            "FROM python:3.14\nRUN env PIP_NO_CACHE_DIR=1 pip install flask",
            "FROM python:3.14\nRUN export PIP_NO_CACHE_DIR=1; pip install flask",
            "FROM python:3.14\nRUN pip config set global.no-cache-dir true\nRUN pip install flask",
            "FROM python:3.14\nCOPY <<EOF /etc/pip.conf\n[global]\nno-cache-dir = true\nEOF\n"
            "RUN pip install flask",
            "FROM python:3.14\nRUN pip install flask && rm -rf /root/.cache",
            'FROM python:3.14\nRUN pip install flask && rm -rf "$HOME/.cache"',
            "FROM python:3.14\nRUN pip install flask && rm -rf ~/.cache/*",
            "FROM python:3.14\nRUN pip install flask && python -m pip cache purge",
            "FROM python:3.14\nRUN --mount=type=cache,target=/root/.cache/pip pip install flask",
            "FROM python:3.14\nENV PIP_CACHE_DIR=/c\n"
            "RUN --mount=type=cache,target=/c pip install flask",
            "FROM python:3.14\nRUN --mount=type=cache,target=/c pip install --cache-dir=/c flask",
            "FROM python:3.14 AS b\nRUN pip install --prefix=/i flask\n"
            "FROM python:3.14\nCOPY --from=b /i /usr/local",
            'FROM python:3.14\nENV PIP="pip --no-cache-dir"\nRUN $PIP install flask',
            "FROM python:3.14\nRUN pip list && pip check",
            "FROM python:3.14\nRUN pip install a && rm -rf $(pip cache dir)",
            "FROM python:3.14\nENV XDG_CACHE_HOME=/c\n"
            "RUN --mount=type=cache,target=/c pip install a",
            "FROM python:3.14\n"
            "RUN --mount=type=cache,target=/root/.cache/pip <<EOF\npip install a\nEOF",
        ),
        fixed=(
            (
                "FROM python:3.14\nRUN python -m pip install -r r.txt",
                "FROM python:3.14\nRUN python -m pip install --no-cache-dir -r r.txt",
            ),
        ),
    ),
    "npm-cache-left-behind": Rows(
        fires=(
            "FROM node:24\nRUN npm i -g x",
            "FROM node:24\nRUN npm --prefix app ci",
            "FROM node:24\nRUN npm ci && npm cache verify",
            "FROM node:24\nRUN npm cache clean --force && npm ci",
        ),
        silent=(
            "FROM node:24\nRUN npm ci && npm cache clean --force",
            "FROM node:24\nRUN npm ci && npm --force cache clean",
            "FROM node:24\nRUN npm ci && rm -rf /root/.npm/_cacache",
            "FROM node:24\nRUN --mount=type=cache,target=/root/.npm npm ci",
            "FROM node:24\nENV npm_config_cache=/c\nRUN --mount=type=cache,target=/c npm ci",
            "FROM node:24\nRUN --mount=type=cache,target=/c npm ci --cache /c",
            "FROM node:24\nRUN npm ci --cache /tmp/npm && rm -rf /tmp/npm",
            "FROM node:24\nRUN npm run install",
            "FROM node:24 AS b\nRUN npm ci\nFROM nginx:1.30\nCOPY --from=b /d /d",
        ),
    ),
    "yarn-cache-left-behind": Rows(
        fires=(
            "FROM node:24\nRUN yarn",
            "FROM node:24\nRUN yarn install --frozen-lockfile",
            "FROM node:24\nRUN yarn --production && yarn build",
        ),
        silent=(
            "FROM node:24\nRUN yarn install && yarn cache clean",
            "FROM node:24\nRUN yarn --version",
            "FROM node:24\nRUN command -v yarn",
            "FROM node:24\nRUN yarn build",
            "FROM node:24\nRUN --mount=type=cache,target=/usr/local/share/.cache/yarn yarn",
            "FROM node:24\nENV YARN_CACHE_FOLDER=/c\nRUN --mount=type=cache,target=/c yarn",
        ),
    ),
    "unpinned-pip-packages": Rows(
        fires=(
            "FROM python:3.14\nRUN pip install flask",
            "FROM python:3.14\nRUN pip install flask==3.1.0 gunicorn",
            "FROM python:3.14\nRUN if true; then python -m pip install flask; fi",
        ),
        silent=(
            "FROM python:3.14\nRUN pip install flask==3.1.0",
            "FROM python:3.14\nRUN pip install 'flask[async]==3.1.0'",
            "FROM python:3.14\nARG V=3\nRUN pip install flask==$V",
            "FROM python:3.14\nRUN pip install -r r.txt -c c.txt",
            "FROM python:3.14\nRUN pip install .",
            "FROM python:3.14\nRUN pip install -e '.[dev]'",
            "FROM python:3.14\nRUN pip install --no-index -f /w /w/*.whl",
            "FROM python:3.14\nRUN pip install git+https://github.com/a/b@0123abc",
            "FROM python:3.14\nRUN pip install --index-url https://p.example/ flask==3.1.0",
        ),
    ),
}
