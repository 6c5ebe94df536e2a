"""The Run flags tab: what to paste, then each flag with its reason and what it rests on."""

from __future__ import annotations

from hardening.model import Safety
from hardening.runtime.flags import HardenedRun, RunFlag, docker_run_text
from hardening.subject import Subject
from tui.detail import precondition_cells
from tui.rows import SAFETY_WORDS, Cells, image_name
from tui.source import highlighted_lines
from tui.text import clean


def reference_of(subject: Subject | None) -> str:
    """The image to run, `IMAGE` when none is known."""
    if subject is None or subject.image is None:
        return "IMAGE"
    return image_name(subject.image)


def run_text(run: HardenedRun, subject: Subject | None, compose: bool) -> str:
    """`docker run`, or a Compose service, with every usable flag."""
    if not compose:
        return docker_run_text(run, reference_of(subject))
    return _compose(run, subject)


def _compose(run: HardenedRun, subject: Subject | None) -> str:
    """A Compose file with one hardened service that runs the image, or builds it."""
    from hardening.compose_file import Build
    from hardening.runtime.compose import build_of, compose_text

    build = build_of(subject) if subject is not None else Build()
    configuration = subject.run_configuration if subject is not None else None
    name = configuration.service if configuration is not None else None
    known = subject is not None and subject.image is not None
    return compose_text(
        run,
        service=name or "app",
        build=None if known else build.context,
        image=reference_of(subject) if known else None,
        dockerfile=build.dockerfile,
        target=build.target,
    )


def run_paragraphs(run: HardenedRun, subject: Subject | None, compose: bool) -> list[Cells]:
    """The text to paste, highlighted, then the flags."""
    language = "yaml" if compose else "bash"
    text = run_text(run, subject, compose)
    lines: list[Cells] = [
        [("Compose" if compose else "docker run", "header"),
         ("  y copies it, v shows the other", "muted")],
        *([("  ", "plain"), *line] for line in highlighted_lines(text, language)),
    ]  # fmt: skip
    configuration = subject.run_configuration if subject is not None else None
    if configuration is not None and configuration.source:
        lines.append([("Now started as in ", "muted"), (clean(configuration.source, 200), "plain")])
    for flag in run.flags:
        lines += _flag(flag)
    return lines


def _flag(flag: RunFlag) -> list[Cells]:
    word = SAFETY_WORDS[flag.safety]
    words = " ".join(flag.words) or f"--{flag.name}"
    tone = "muted" if flag.safety is Safety.MANUAL else "strong"
    title: Cells = [(clean(words, 300), tone), (f"  {word}", word)]
    if flag.present:
        title.append(("  in use already", "good"))
    if flag.cis:
        title.append((f"  CIS Docker {clean(flag.cis, 40)}", "muted"))
    lines: list[Cells] = [[], title, [(clean(flag.reason, 1000), "plain")]]
    lines += [precondition_cells(one.statement, one.verdict, one.evidence)
              for one in flag.preconditions]  # fmt: skip
    return lines
