"""conda that leaves its cache in the layer."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_package_caches import Cache, caches_left
from hardening.subject import Subject

rule = Rule(
    title="End the RUN with conda clean",
    severity=Severity.LOW,
    why="conda keeps every archive it downloaded next to what it unpacked; in a layer both stay, "
    "gigabytes that scanners report a second time.",
    references=("https://docs.conda.io/projects/conda/en/stable/commands/clean.html",),
    aliases=(),
    bad=(
        Example(
            "FROM condaforge/miniforge3:26.3.1-0\nRUN conda install -y numpy=2.4.1\n",
            "FROM condaforge/miniforge3:26.3.1-0\n"
            "RUN conda install -y numpy=2.4.1 && conda clean --all --yes\n",
        ),
    ),
    good=(
        Example(
            "FROM condaforge/miniforge3:26.3.1-0\n"
            "RUN mamba install -y numpy && mamba clean --all -f -y\n"
        ),
        Example(
            "FROM condaforge/miniforge3:26.3.1-0\n"
            "RUN conda install -y numpy && rm -rf /opt/conda/pkgs\n"
        ),
        Example(
            "FROM condaforge/miniforge3:26.3.1-0\n"
            "RUN --mount=type=cache,target=/opt/conda/pkgs conda install -y numpy\n"
        ),
        Example(
            "FROM condaforge/miniforge3:26.3.1-0\nRUN conda config --add channels conda-forge\n"
        ),
    ),
)


def _cleans(command: Command) -> bool:
    return command.name in ("conda", "mamba", "micromamba") and "clean" in [
        one.text for one in command.arguments
    ]


CACHE = Cache(
    ("/opt/conda/pkgs", "~/.conda/pkgs"),
    "conda clean --all --yes",
    frozenset({"install", "create", "update"}),
    _cleans,
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from caches_left(subject, rule, managers=("conda",), cache=CACHE)
