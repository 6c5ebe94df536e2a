"""The image that ships carries the tools that built it."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.model import Instruction
from hardening.model import Evidence, Finding, Severity
from hardening.rewrites.build_stage import BuildStage
from hardening.rules.frame import Example, Rule
from hardening.runtime.start import start_of
from hardening.subject import Subject

_TOOLCHAINS = frozenset(
    ["golang", "rust", "gcc", "maven", "gradle", "sbt", "haskell", "swift", "dart", "sdk"]
)
_FULL = frozenset(["python", "node", "ruby"])
_JDK = frozenset(["openjdk", "eclipse-temurin", "amazoncorretto", "ibm-semeru-runtimes"])
_GO = "WORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /usr/local/bin/api ./cmd/api\n"
_GO_END = (
    'EXPOSE 8080\nUSER 65532:65532\nHEALTHCHECK CMD ["/usr/local/bin/api", "-health"]\n'
    'ENTRYPOINT ["/usr/local/bin/api"]\n'
)

rule = Rule(
    title="Leave build tools in a build stage",
    severity=Severity.MEDIUM,
    why=(
        "Compilers, headers, package caches and sources help an intruder to build tools in place, "
        "and each of their packages is one more to patch; a second stage ships only what runs."
    ),
    references=(
        "https://docs.docker.com/build/building/multi-stage/",
        "https://docs.docker.com/build/building/best-practices/#use-multi-stage-builds",
    ),
    aliases=("cis-docker:4.3", "tally:prefer-multi-stage-build"),
    bad=(
        Example(
            "FROM golang:1.22\n" + _GO + _GO_END,
            after="FROM golang:1.22 AS build\n" + _GO + _GO_END + "\nFROM scratch\nWORKDIR /src\n"
            "COPY --from=build /etc/ssl/certs/ca-certificates.crt "
            "/etc/ssl/certs/ca-certificates.crt\n"
            "COPY --from=build /usr/local/bin/api /usr/local/bin/api\n" + _GO_END,
            note="A static Go program needs nothing else",
            findings=1,
        ),
    ),
    good=(
        Example('FROM golang:1.22 AS build\nRUN go build -o /app .\nFROM scratch\nCMD ["/app"]\n'),
        Example('FROM python:3.12-slim\nRUN pip install x\nCMD ["x"]\n'),
        Example(
            "FROM python:3.12-alpine\nRUN apk add --virtual .b gcc && pip install x && apk del .b\n"
            'CMD ["x"]\n',
            note="The compiler is removed in the same step",
        ),
        Example("FROM golang:1.22\nRUN go install example.org/tool@v1\n", note="A tool box"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    start = start_of(subject)
    if start.dockerfile is None or start.final is None or start.is_windows or start.base is None:
        return
    if start.entrypoint is None and start.command is None:
        return
    build = BuildStage(start, start.dockerfile, start.final)
    seen = _tools(build)
    if seen is None:
        return
    message, severity, instruction = seen
    from hardening.rewrites.multi_stage import multi_stage

    fix = multi_stage(subject)
    yield rule.finding(
        subject,
        message,
        at=start.final,
        about="single-stage",
        severity=severity,
        fixes=() if fix is None else (fix,),
        evidence=()
        if instruction is None
        else (Evidence(message, start.dockerfile.place(instruction.span)),),
        tip="Build in a stage of its own and copy what runs into a small last stage.",
    )


def _tools(build: BuildStage) -> tuple[str, Severity, Instruction | None] | None:
    """What ships that only builds: message, severity, and the line that brought it."""
    base, reference = build.start.base, build.reference
    tag = reference.tag.lower()
    if reference.name in _TOOLCHAINS and not (reference.name == "swift" and "slim" in tag):
        return f"The image ships the toolchain of {base}", Severity.MEDIUM, None
    builders = build.commands("mvn", "mvnw", "gradle", "gradlew", "javac")
    if reference.name in _JDK and "jre" not in tag and next(builders, None) is not None:
        return f"The image ships the compiler and build tool of {base}", Severity.MEDIUM, None
    if build.compilers:
        instruction, name = build.compilers[0]
        more = len(build.compilers) - 1
        names = name + (f" and {more} more" if more else "")
        return (
            f"The image ships {names} (line {instruction.start_line})",
            Severity.MEDIUM,
            instruction,
        )
    if reference.name in _FULL and not any(word in tag for word in ("slim", "alpine")):
        return f"{base} carries compilers that only a build needs", Severity.LOW, None
    return None
