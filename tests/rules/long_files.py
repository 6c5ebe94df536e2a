"""Long Dockerfiles that use most of what the rules look at.

`python -m benchmarks.growth` times them, `tests/rules/test_growth.py` counts the work. Names are
numbered from `first`, so that nothing which is remembered of one text helps with another.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle, islice

_LINES = """\
RUN apt-get update && apt-get install -y curl p{n} && rm -rf /var/lib/apt/lists/*
ENV A{n}=b{n}
COPY f{n} /app/f{n}
RUN curl -sSL http://x.example/{n}.tgz -o /tmp/{n}.tgz && tar -xzf /tmp/{n}.tgz -C /opt
ARG V{n}=1
WORKDIR /app/{n}
USER u{n}
LABEL l{n}=v
EXPOSE {n}
RUN pip install a{n} && npm install -g b{n} && chmod 777 /d{n}
ADD https://x.example/$V{n}/a.tgz /t{n}/
SHELL ["/bin/bash", "-c"]
RUN useradd u{n} && chown -R u{n} /app/{n}
RUN rm -rf /tmp/{n}.tgz
VOLUME /v{n}
HEALTHCHECK CMD curl -f http://localhost/{n}
CMD a{n} $A{n}
RUN cd /x{n} && sudo make install | tee log
RUN apk add --virtual .d{n} gcc && apk del .d{n}
ONBUILD RUN yum install -y q{n}
""".splitlines()

_COMMANDS = """\
curl -sSL http://x.example/{n}.tgz -o /tmp/{n}.tgz
tar -xzf /tmp/{n}.tgz -C /opt
rm /tmp/{n}.tgz
apt-get install -y p{n}
apk add --virtual .d{n} gcc
pip install a{n}
npm install b{n}
mkdir -p /usr/src/d{n}
chmod 777 /d{n}
export A{n}=b
gpg --verify a{n}.asc
sudo make install
cd /x{n}
echo http://x{n} | tee /etc/apt/sources.list.d/{n}.list
useradd u{n}
chown -R u{n} /d{n}
wget http://y.example/$A{n}/z{n}
sh -c "echo {n}"
git clone https://x.example/{n}.git
yum install -y q{n}
""".splitlines()


def _filled(templates: list[str], count: int, first: int) -> list[str]:
    found = islice(cycle(templates), count)
    return [one.replace("{n}", str(number)) for number, one in enumerate(found, first)]


def of_lines(count: int, first: int = 10_000) -> str:
    """One stage with this many instructions."""
    return "\n".join(("FROM debian:13", *_filled(_LINES, count, first), ""))


def of_commands(count: int, first: int = 10_000) -> str:
    """One RUN with this many commands, one on each line."""
    return "FROM debian:13\nRUN " + "; \\\n  ".join(_filled(_COMMANDS, count, first)) + "\n"


def of_script_lines(count: int, first: int = 10_000) -> str:
    """One here-document with this many commands."""
    return "FROM debian:13\nRUN <<EOF\n" + "\n".join(_filled(_COMMANDS, count, first)) + "\nEOF\n"


def of_variables(count: int, first: int = 10_000) -> str:
    """One ENV whose every variable names the one before it."""
    pairs = " ".join(f"A{one}=$A{one - 1}" for one in range(first, first + count))
    return f"FROM debian:13\nENV {pairs}\n"


def of_stages(count: int, first: int = 10_000) -> str:
    """Stages of three lines that copy from each other."""
    return "".join(
        f"FROM debian:13 AS s{one}\nCOPY --from=s{max(first, one - 1)} /a /b\n"
        f"RUN apt-get install -y x{one}\n"
        for one in range(first, first + count // 3)
    )


def of_chain(count: int, first: int = 10_000) -> str:
    """Stages of three lines, each built on the one before."""
    return f"FROM debian:13 AS s{first}\n" + "".join(
        f"FROM s{one} AS s{one + 1}\nENV A{one}=1\nRUN apt-get install -y x{one}\n"
        for one in range(first, first + count // 3)
    )


SHAPES: dict[str, Callable[[int, int], str]] = {
    "lines": of_lines,
    "commands of one RUN": of_commands,
    "lines of a here-document": of_script_lines,
    "variables of one ENV": of_variables,
    "lines in stages": of_stages,
    "lines in stages on stages": of_chain,
}
