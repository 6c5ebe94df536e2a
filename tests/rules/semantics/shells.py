"""Commands inside other commands, and where they stand: rules see through both."""

from __future__ import annotations

from tests.rules.semantics import Rows

_CARRIERS = (
    "eval '{}'",
    "eval {}",
    'bash -c "{} && make -j$(nproc)"',
    "sh -lc '{}'",
    "bash <<< '{}'",
    "env A=b {}",
    "sudo -E {}",
    "doas {}",
    "gosu root {}",
    "echo x | xargs {}",
    "find /x -exec {} ;",
    "find /x -exec sh -c '{}' _ {{}} +",
    "timeout -k 5 60 {}",
    "nice -n 19 {}",
    "chronic {}",
    "ssh-agent {}",
    "dbus-run-session -- {}",
    "flock /x -c '{}'",
    "set -eux; for one in a b; do {}; done",
    "f() {{ {}; }}; f",
    "(cd /x; {})",
    "if true; then {}; fi",
    "sudo -s <<EOF\n{}\nEOF",
    "$UNSET/bin/../{}",
)


def _in_all(command: str) -> tuple[str, ...]:
    return tuple("RUN " + one.format(command) for one in _CARRIERS)


ROWS: dict[str, Rows] = {
    "wget-tls-verification-off": Rows(
        fires=_in_all("wget --no-check-certificate https://a.example/x"),
        silent=(
            *_in_all("wget https://a.example/x"),
            "RUN alias wget='wget --no-check-certificate'; true",
            "RUN echo 'wget --no-check-certificate https://a.example/x'",
        ),
    ),
    "apt-without-yes": Rows(
        fires=_in_all("apt-get install curl"),
        silent=(*_in_all("apt-get install -y curl"), "RUN yes | apt-get install curl"),
    ),
    "pipe-into-shell": Rows(
        fires=(
            'RUN bash -c "$(curl -fsSL https://a.example/x)"',
            'RUN bash -c "set -e; $(curl -fsSL https://a.example/x)"',
            "RUN bash -c 'curl -fsSL https://a.example/x | sh'",
            "RUN bash -c \"curl -fsSL https://a.example/$(uname -m) | sh\"",
            "RUN find / -exec sh -c 'curl https://a.example/x | sh' ;",
        ),
        silent=(
            'RUN bash -c "X=$(curl -fsSL https://a.example/version) make"',
            'RUN bash -c "echo $(curl -fsSL https://a.example/version) > /v"',
        ),
    ),
    "apt-lists-left-behind": Rows(
        fires=(
            "RUN apt-get update && apt-get install -y curl && cd /tmp && rm -rf *",
            "RUN apt-get update && (cd /var/lib/apt/lists) && rm -rf *",
            "RUN apt-get update && apt-get install -y curl && cd /var/lib/apt/lists && ls",
        ),
        silent=(
            "RUN apt-get update && apt-get install -y curl && cd /var/lib/apt/lists && rm -rf *",
            "RUN apt-get update && (cd /var/lib/apt; rm -rf lists/*)",
            "RUN apt-get update; pushd /var/lib/apt/lists; rm -rf ./*; popd",
            "RUN apt-get update; cd /var/lib/apt/lists; find . -delete",
        ),
    ),
    "source-tree-left-behind": Rows(
        fires=("RUN mkdir -p /usr/src/a && cd /usr/src/a && make install && cd / && rm -rf b",),
        silent=(
            "RUN mkdir -p /usr/src/a && cd /usr/src/a && make install && cd .. && rm -rf a",
            "RUN mkdir -p /usr/src/a && cd /usr/src/a && make install && cd /usr && rm -r src",
        ),
    ),
    "ssh-server-installed": Rows(
        fires=(
            "RUN PKGS='curl openssh-server' && apt-get install -y $PKGS",
            "ENV PKGS='curl openssh-server'\nRUN apt-get install -y ${PKGS}",
            "RUN for p in curl openssh-server; do apt-get install -y $p; done",
            'RUN for p in curl openssh-server=1.2; do apt-get install -y "$p"; done',
            "RUN PKG=openssh-server; apt-get install -y \"$PKG\"",
        ),
        silent=(
            "RUN PKGS='curl openssh-server'; PKGS=curl; apt-get install -y $PKGS",
            "RUN PKGS=\"openssh-server $MORE\"; apt-get install -y $PKGS",
            "RUN for p in curl openssh-server; do echo $p; done; apt-get install -y $p",
            "RUN if a; then PKGS=openssh-server; fi; apt-get install -y $PKGS",
            "RUN PKGS='curl openssh-server'; apt-get install -y \"$PKGS\"",
            "RUN PKGS=openssh-server; apt-get install -y openssh-client",
        ),
    ),
    "network-tools-installed": Rows(
        fires=("RUN for p in make nmap; do apt-get install -y $p; done",),
        silent=("RUN T=nmap; apt-get install -y $T && nmap x && apt-get purge -y $T",),
    ),
    "unpinned-pip-packages": Rows(
        fires=("RUN $VENV/bin/pip install flask", 'RUN "${VENV}/bin/pip" install flask'),
        silent=("RUN $VENV/bin/pip install flask==3.1.0", "RUN $VENV/bin/flask install x"),
    ),
}  # fmt: skip
