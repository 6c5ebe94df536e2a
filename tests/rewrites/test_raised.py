"""Raising versions: what the packages of the image, lock files and manifests allow, and the command
that is told where no text may be changed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest

from hardening.advisories.model import Rating, Vulnerability
from hardening.analyse import analyse
from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Finding, Safety, Severity, Verdict
from hardening.opening import memory_subject
from hardening.plan import Plan, fix_key
from hardening.replay import replay
from hardening.rewrites.version_pins import pins
from hardening.subject import Subject

SITE = "usr/lib/python3/site-packages"
RATED = Rating(Severity.HIGH, "NVD", 7.5)
INSTALL = "FROM python:3.14\nCOPY . .\nRUN pip install -r requirements.txt\n"
NODE = "FROM node:24\nCOPY . .\nRUN npm ci\n"


def known(name: str, ecosystem: str, installed: str, fixed: str) -> Vulnerability:
    return Vulnerability(f"CVE-2099-{name}", name, ecosystem, installed, fixed, RATED, "X")


def python(*packages: tuple[str, str, str]) -> dict[str, str]:
    """Metadata of packages: name, version, what each asks for (comma in place of a new line)."""
    return {
        f"{SITE}/{name}-{version}.dist-info/METADATA": f"Name: {name}\nVersion: {version}\n"
        + "".join(f"Requires-Dist: {one}\n" for one in asked.split("|") if one)
        for name, version, asked in packages
    }


def opened(
    text: str,
    files: dict[str, str | bytes],
    inside: Mapping[str, str | bytes],
    *found: Vulnerability,
) -> Subject:
    own = LayerSketch(dict(inside), command="COPY . . # buildkit")
    image = ImageSketch(base_layers=1, layers=(LayerSketch({"etc/hostname": "x"}), own))
    return memory_subject(text, files=files, image=image, assessment=found)


def about(subject: Subject) -> dict[str, Finding]:
    report = analyse(subject)
    assert not report.failures
    return {one.subject: one for one in report.findings if one.rule == "vulnerable-package"}


def raised(subject: Subject, *names: str) -> Subject:
    found = about(subject)
    plan = Plan(tuple(fix_key(found[name], found[name].fixes[0]) for name in names))
    done = replay(subject, plan)
    assert [one.silenced for one in done.applied] == [True] * len(names)
    return done.subject


IDNA = known("idna", "PyPI", "2.10", "3.7")
REQUESTS = known("requests", "PyPI", "2.25.1", "2.31.0")
HELD = python(("idna", "2.10", ""), ("requests", "2.25.1", "idna<3,>=2.5|chardet>=3; extra == 'x'"))


def test_what_another_package_forbids_waits_for_that_one() -> None:
    files: dict[str, str | bytes] = {"requirements.txt": "requests==2.25.1\nidna==2.10\n"}
    subject = opened(INSTALL, files, HELD, IDNA, REQUESTS)
    idna = about(subject)["pypi idna"]
    assert idna.fixes[0].safety is Safety.MANUAL
    assert idna.tip == "requests 2.25.1 asks for idna<3,>=2.5: change that first"
    after = raised(subject, "pypi requests", "pypi idna")
    assert after.texts["requirements.txt"] == "requests==2.31.0\nidna==3.7\n"


def test_what_nothing_pins_is_told_by_what_holds_it() -> None:
    subject = opened(INSTALL, {}, HELD, IDNA, REQUESTS)
    found = about(subject)
    assert found["pypi idna"].tip == "requests 2.25.1 asks for idna<3,>=2.5: raise that first"
    assert "build anew, or ask for requests>=2.31.0" in found["pypi requests"].tip


def test_another_environment_has_no_say() -> None:
    inside = python(("idna", "2.10", "")) | {
        "venv/lib/python3/site-packages/requests-2.25.1.dist-info/METADATA": (
            "Name: requests\nVersion: 2.25.1\nRequires-Dist: idna<3\n"
        )
    }
    subject = opened(INSTALL, {"requirements.txt": "idna==2.10\n"}, inside, IDNA)
    assert about(subject)["pypi idna"].fixes[0].safety is Safety.REVIEW


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("idna~=2.10", "idna~=3.7"),
        ("idna~=2.5", "idna~=3.7"),
        ("idna>=2,!=2.9 # why", "idna>=3.7,!=2.9 # why"),
        ("idna!=2.9", "idna!=2.9,>=3.7"),
        ("idna<3", None),
        ("idna==2.*", None),
        ("idna==2.10.0", "idna==3.7"),
        ("idna==2.9", None),
    ],
)
def test_specifiers(line: str, after: str | None) -> None:
    inside = python(("idna", "2.10", ""))
    subject = opened(INSTALL, {"requirements.txt": f"{line}\n"}, inside, IDNA)
    finding = about(subject)["pypi idna"]
    if after is None:
        assert finding.best_fix is None
        return
    assert raised(subject, "pypi idna").texts["requirements.txt"] == f"{after}\n"


def test_files_that_are_included_and_files_that_are_not() -> None:
    text = INSTALL.replace("requirements.txt", "deps/all.txt")
    files: dict[str, str | bytes] = {
        "deps/all.txt": "-r base.txt\n",
        "deps/base.txt": "idna==2.10\n",
        "notes.txt": "idna\n",
    }
    subject = opened(text, files, python(("idna", "2.10", "")), IDNA)
    [fix] = about(subject)["pypi idna"].fixes
    told = {one.statement: one for one in fix.preconditions}
    where = told["The image installs from deps/base.txt"]
    assert (where.verdict, where.evidence) == (Verdict.HOLDS, "deps/all.txt includes it")
    assert {edit.path for edit in fix.edits} == {"deps/base.txt"}


def test_pyproject() -> None:
    manifest = '[project]\nname = "My.App"\ndependencies = [\n  "idna==2.10", # old\n]\n'
    inside = python(("idna", "2.10", ""), ("my-app", "1", "idna==2.10"))
    text = INSTALL.replace("-r requirements.txt", ".")
    subject = opened(text, {"pyproject.toml": manifest}, inside, IDNA)
    after = raised(subject, "pypi idna").texts["pyproject.toml"]
    assert after == manifest.replace("2.10", "3.7")
    locked = text.replace("pip install .", "uv sync --frozen")
    files: dict[str, str | bytes] = {"pyproject.toml": manifest, "uv.lock": "x"}
    finding = about(opened(locked, files, inside, IDNA))["pypi idna"]
    assert finding.best_fix is None
    assert finding.tip == "Run `uv add --no-sync 'idna==3.7'`, then build again"


def test_hashes() -> None:
    files: dict[str, str | bytes] = {
        "requirements.in": "idna\n",
        "requirements.txt": "idna==2.10 \\\n  --hash=sha256:00\n",
    }
    finding = about(opened(INSTALL, files, python(("idna", "2.10", "")), IDNA))["pypi idna"]
    assert finding.best_fix is None
    wanted = "pip-compile --generate-hashes --upgrade-package idna==3.7 requirements.in"
    assert finding.tip == f"Run `{wanted}`, then build again"


LODASH = known("lodash", "npm", "4.17.4", "4.17.11")
MODULE = {"app/node_modules/lodash/package.json": '{"name": "lodash", "version": "4.17.4"}'}
DIRECT = '{"dependencies": {"lodash": "4.17.4"}}'


@pytest.mark.parametrize(
    ("run", "lock", "content", "tip"),
    [
        ("npm ci", "web/package-lock.json", "", "npm install --package-lock-only --save-exact"),
        ("npm ci", "package-lock.json", "", "npm install --package-lock-only --save-exact "
         "--workspace web"),
        ("yarn --frozen-lockfile", "yarn.lock", "# yarn lockfile v1\n", "cd web && yarn upgrade"),
        ("yarn install --immutable", "web/yarn.lock", "__metadata:\n", "yarn up"),
        ("pnpm i --frozen-lockfile", "pnpm-lock.yaml", "", "cd web && pnpm add --lockfile-only "
         "--save-exact"),
        ("bun install --frozen-lockfile", "web/bun.lock", "", "bun add --exact"),
    ],
)  # fmt: skip
def test_strict_locks(run: str, lock: str, content: str, tip: str) -> None:
    text = NODE.replace("npm ci", run)
    files: dict[str, str | bytes] = {"web/package.json": DIRECT, lock: content}
    finding = about(opened(text, files, MODULE, LODASH))["npm lodash"]
    assert finding.best_fix is None, "the lock file of a workspace stands above it"
    assert finding.tip == f"Run `{tip} lodash@4.17.11`, then build again"


def test_a_lock_that_the_build_may_renew_is_to_review() -> None:
    files: dict[str, str | bytes] = {"package.json": DIRECT, "package-lock.json": "{}"}
    subject = opened(NODE.replace("npm ci", "npm i"), files, MODULE, LODASH)
    assert about(subject)["npm lodash"].fixes[0].safety is Safety.REVIEW
    files = {"package.json": DIRECT, "pnpm-lock.yaml": ""}
    text = NODE.replace("npm ci", "pnpm i")
    assert about(opened(text, files, MODULE, LODASH))["npm lodash"].best_fix is not None
    automatic = text.replace("COPY", "ENV CI=true\nCOPY")
    assert about(opened(automatic, files, MODULE, LODASH))["npm lodash"].best_fix is None


def test_what_only_a_lock_names() -> None:
    files: dict[str, str | bytes] = {"package.json": "{}", "package-lock.json": "{}"}
    finding = about(opened(NODE, files, MODULE, LODASH))["npm packages of /app"]
    assert finding.tip == "Run `npm update --package-lock-only lodash`, then build again"
    files = {"Pipfile": '[packages]\nidna = "==2.10"\n', "Pipfile.lock": "{}"}
    finding = about(opened(INSTALL, files, python(("idna", "2.10", "")), IDNA))["pypi idna"]
    assert finding.tip == "Run `pipenv upgrade 'idna==3.7'`, then build again"


def test_maven() -> None:
    text = "FROM maven:3 AS b\nCOPY . .\nRUN mvn package\nFROM debian:13\nCOPY --from=b /a /a\n"
    pom = (
        "<project><!-- <dependency> --><properties><x.y>1.9</x.y></properties><dependencies>"
        "<dependency><groupId>g</groupId><artifactId>a</artifactId><version> ${x.y} </version>"
        "<exclusions><exclusion><groupId>o</groupId><artifactId>p</artifactId></exclusion>"
        "</exclusions></dependency><dependency><groupId>g</groupId><artifactId>b</artifactId>"
        "<version>[1,2)</version></dependency><dependency><groupId>g</groupId>"
        "<artifactId>c</artifactId></dependency></dependencies></project>\n"
    )
    [pin] = pins({"pom.xml": pom}, None)
    assert (pin.type, pin.name, pin.version) == ("maven", "g:a", "1.9")
    jar = io.BytesIO()
    with zipfile.ZipFile(jar, "w") as archive:
        properties = "groupId=g\nartifactId=a\nversion=1.9\n"
        archive.writestr("META-INF/maven/g/a/pom.properties", properties)
    inside = {"a/app.jar": jar.getvalue()}
    subject = opened(text, {"pom.xml": pom}, inside, known("g:a", "Maven", "1.9", "1.10.0"))
    after = raised(subject, "maven g:a").texts["pom.xml"]
    assert after == pom.replace("1.9", "1.10.0")


@pytest.mark.parametrize("text", ["<dependency>" * 50_000, "<!--" * 100_000, "[" * 100_000])
@pytest.mark.parametrize("path", ["pom.xml", "pyproject.toml", "package.json", "requirements.txt"])
def test_hostile_manifests(path: str, text: str) -> None:
    assert pins({path: text}, None) == ()


def test_versions_in_variables() -> None:
    text = "FROM python:3.14\nARG V=2.10 W=1\nENV X=2.10\nRUN pip install idna==${V}\n"
    subject = opened(text, {}, python(("idna", "2.10", "")), IDNA)
    after = raised(subject, "pypi idna").texts["Dockerfile"]
    assert after == text.replace("V=2.10", "V=3.7")
    twice = text.replace("RUN", "ENV V=2.9\nRUN")
    assert about(opened(twice, {}, python(("idna", "2.10", "")), IDNA))["pypi idna"].fixes == ()
