"""Findings about vulnerable packages: real advisories, what mends them, and what is said once the
files have changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hardening.advisories.importing import import_path
from hardening.advisories.model import Rating, Vulnerability
from hardening.analyse import analyse
from hardening.image.model import Origin
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch
from hardening.inventory.model import Inventory, Package
from hardening.model import FilePlace, Finding, PackagePlace, Safety, Severity
from hardening.opening import memory_subject
from hardening.opening.packages import assess_packages, with_assessment
from hardening.plan import Plan, fix_key
from hardening.replay import replay
from hardening.rewrites.package_upgrade import upgrade_line
from hardening.rewrites.version_pins import pins
from hardening.subject import Subject
from tests.shared import shared_data

TODAY = date(2026, 11, 24)
PROGRAM = FileSketch("\x7fELF", mode=0o755)
SITE = "usr/lib/python3/site-packages"
HIGH = Rating(Severity.HIGH, "NVD", 7.5)


def sketch(
    release: str, status: str, *own: dict[str, str | FileSketch], user: str = ""
) -> ImageSketch:
    """A Debian base and own layers; the base's history may name a user."""
    base: dict[str, str | bytes | FileSketch | None] = {
        "etc/os-release": f'ID=debian\nVERSION_ID="{release}"\n',
        "usr/bin/apt-get": PROGRAM,
        "var/lib/dpkg/status": status,
    }
    first = LayerSketch(base, command="ADD rootfs.tar / # buildkit")
    named = (LayerSketch(command=f"USER {user}", empty=True),) if user else ()
    layers = tuple(LayerSketch(dict(files), command="COPY . . # buildkit") for files in own)
    return ImageSketch(base_layers=1, layers=(first, *named, *layers))


def stanza(name: str, version: str, source: str = "") -> str:
    line = f"Source: {source}\n" if source else ""
    return f"Package: {name}\nStatus: install ok installed\n{line}Version: {version}\n\n"


def debian(package: str, installed: str, fixed: str, number: int = 1) -> Vulnerability:
    name = f"CVE-2099-{number}"
    return Vulnerability(name, package, "Debian:13", installed, fixed, HIGH, f"DEBIAN-{name}")


def opened(
    text: str,
    image: ImageSketch,
    found: tuple[Vulnerability, ...],
    files: dict[str, str | bytes] | None = None,
) -> Subject:
    subject = memory_subject(text, files=files, image=image, assessment=found)
    return replace(subject, today=TODAY)


def about(subject: Subject) -> dict[str, Finding]:
    report = analyse(subject, today=TODAY)
    assert not report.failures
    ours = ("vulnera", "malicious", "end-of-life-distribution")
    return {
        f"{one.rule} {one.subject}": one for one in report.findings if one.rule.startswith(ours)
    }


OPENSSL = stanza("libssl3", "3.0.11-1", "openssl") + stanza("openssl", "3.0.11-1")
FOUND = (debian("openssl", "3.0.11-1", "3.0.13-1"),)


@pytest.fixture
def real_advisories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(tmp_path / "data"))
    for name in ("advisories-debian", "advisories-pypi", "advisories-npm"):
        import_path(shared_data(name) / "osv.jsonl.xz")


def test_real_advisories_of_a_python_image(real_advisories: None) -> None:
    status = stanza("libssl1.1", "1.1.1k-1", "openssl") + stanza("bash", "5.1-2+deb11u1")
    own: dict[str, str | FileSketch] = {
        f"{SITE}/Django-2.2.dist-info/METADATA": "Name: Django\nVersion: 2.2\n",
        "app/node_modules/lodash/package.json": '{"name": "lodash", "version": "4.17.4"}',
    }
    text = "FROM debian:11\nCOPY . .\nRUN pip install -r requirements.txt\n"
    files: dict[str, str | bytes] = {"requirements.txt": "requests\r\ndjango==2.2  # web\r\n"}
    image = sketch("11", status, own)
    subject = assess_packages(replace(memory_subject(text, files=files, image=image), today=TODAY))
    assert subject.assessment is not None
    found = about(subject)
    django = found["vulnerable-package pypi Django"]
    rows = [one for one in subject.assessment.rows if one.vulnerability.package == "django"]
    assert len(rows) > 10
    assert str(len(rows)) in django.message
    said = " ".join(one.text for one in django.evidence)
    assert "CVE-2019-14232" in said
    [fix] = django.fixes
    assert fix.safety is Safety.REVIEW
    done = replay(subject, Plan((fix_key(django, fix),)))
    changed = done.subject.texts["requirements.txt"]
    assert changed.startswith("requests\r\ndjango==")
    assert changed.endswith("  # web\r\n")
    assert done.applied[0].silenced
    base = found["vulnerable-base base"]
    assert any(isinstance(one, FilePlace) and one.start_line == 1 for one in base.places)
    assert PackagePlace("deb", "libssl1.1", "1.1.1k-1", 0) in base.places
    upgrade = next(one for one in base.fixes if one.name == "upgrade-packages")
    assert upgrade.safety is Safety.MANUAL, "the archive of an ended release serves nothing new"
    assert "bash" not in base.message


def test_the_upgrade_stands_after_from_and_silences() -> None:
    text = "# top\nFROM debian:13 AS build\nRUN make\nFROM debian:13\nCOPY . .\n"
    subject = opened(text, sketch("13", OPENSSL, {"app": "x"}), FOUND)
    finding = about(subject)["vulnerable-base base"]
    fix = next(one for one in finding.fixes if one.name == "upgrade-packages")
    assert fix.safety is Safety.REVIEW
    done = replay(subject, Plan((fix_key(finding, fix),)))
    line = upgrade_line("apt-get", ("libssl3", "openssl"), "\\")
    assert done.subject.texts["Dockerfile"] == text.replace(
        "FROM debian:13\nCOPY", f"FROM debian:13\n{line}\nCOPY"
    )
    assert done.applied[0].silenced
    assert not done.applied[0].introduced


def test_an_upgrade_that_is_built_already_is_not_proposed_again() -> None:
    line = upgrade_line("apt-get", ("libssl3", "openssl"), "\\")
    subject = opened(
        f"FROM debian:13\n{line}\nCOPY . .\n", sketch("13", OPENSSL, {"app": "x"}), FOUND
    )
    finding = about(subject)["vulnerable-base base"]
    assert not any(one.name == "upgrade-packages" for one in finding.fixes)
    assert "--no-cache" in finding.tip


def test_a_base_with_another_user_is_for_people() -> None:
    image = sketch("13", OPENSSL, {"app": "x"}, user="1000")
    finding = about(opened("FROM debian:13\nCOPY . .\n", image, FOUND))["vulnerable-base base"]
    fix = next(one for one in finding.fixes if one.name == "upgrade-packages")
    assert fix.safety is Safety.MANUAL


def test_nothing_upgrades_where_there_is_no_package_manager() -> None:
    image = ImageSketch(
        base_layers=1,
        layers=(
            LayerSketch(
                {
                    "etc/os-release": 'ID=debian\nVERSION_ID="13"\n',
                    "var/lib/dpkg/status.d/libssl3": "Package: libssl3\nSource: openssl\n"
                    "Version: 3.0.11-1\n",
                }
            ),
            LayerSketch({"app": "x"}, command="COPY . . # buildkit"),
        ),
    )
    subject = opened("FROM registry.example/static:1\nCOPY . .\n", image, FOUND)
    finding = about(subject)["vulnerable-base base"]
    assert finding.fixes == ()


def test_names_and_versions_of_strangers_are_not_written_into_files() -> None:
    status = stanza("libssl3", "3.0.11-1", "openssl") + stanza("a$(id)", "3.0.11-1", "openssl")
    subject = opened("FROM debian:13\nCOPY . .\n", sketch("13", status, {"app": "x"}), FOUND)
    finding = about(subject)["vulnerable-base base"]
    [edit] = finding.fixes[0].edits
    assert "--only-upgrade libssl3 " in edit.text
    assert "$(" not in edit.text
    own: dict[str, str | FileSketch] = {
        f"{SITE}/flask-2.0.0.dist-info/METADATA": "Name: flask\nVersion: 2.0.0\n"
    }
    bad = Vulnerability("CVE-1", "flask", "PyPI", "2.0.0", "3\nRUN evil", HIGH, "X")
    text = "FROM debian:13\nCOPY . .\nRUN pip install -r requirements.txt\n"
    files: dict[str, str | bytes] = {"requirements.txt": "flask==2.0.0\n"}
    subject = opened(text, sketch("13", stanza("x", "1"), own), (bad,), files)
    assert about(subject)["vulnerable-package pypi flask"].fixes == ()


def test_another_base_makes_its_vulnerabilities_unknown_not_zero() -> None:
    subject = opened("FROM debian:12\nCOPY . .\n", sketch("13", OPENSSL, {"app": "x"}), FOUND)
    assert "vulnerable-base base" in about(subject)
    changed = subject.with_texts({"Dockerfile": "FROM debian:13\nCOPY . .\n"})
    assert "vulnerable-base base" not in about(changed)
    skipped = analyse(changed, today=TODAY).skipped
    assert any("new base" in one.what for one in skipped)
    assert not any("new base" in one.what for one in analyse(subject, today=TODAY).skipped)


def test_one_source_in_base_and_own_layers_is_mended_apart() -> None:
    own = OPENSSL + stanza("libssl-dev", "3.0.11-1", "openssl")
    subject = opened(
        "FROM debian:13\nCOPY . .\n", sketch("13", OPENSSL, {"var/lib/dpkg/status": own}), FOUND
    )
    found = about(subject)
    finding = found["vulnerable-base base"]
    assert "vulnerable-package deb packages of layer 1" in found
    done = replay(subject, Plan((fix_key(finding, finding.fixes[0]),)))
    assert done.applied[0].silenced
    assert "vulnerable-package deb packages of layer 1" in about(done.subject)


def with_go(text: str, files: dict[str, str | bytes] | None = None) -> Subject:
    """An image with a Go program whose release and one module have holes."""
    image = ImageSketch(base_layers=0, layers=(LayerSketch({"app": PROGRAM}, command="COPY /app"),))
    subject = replace(memory_subject(text, image=image, files=files), today=TODAY)
    packages = tuple(
        Package("golang", name, version, name, version, f"pkg:golang/{name}@{version}", "app", 0,
                Origin.OWN)
        for name, version in (("stdlib", "1.26.0"), ("golang.org/x/net", "0.1.0"))
    )  # fmt: skip
    subject = replace(subject, inventory=Inventory(packages, None))
    found = (
        Vulnerability("GO-1", "stdlib", "Go", "1.26.0", "1.26.2", HIGH, "GO-1"),
        Vulnerability("GO-2", "stdlib", "Go", "1.26.0", "1.26.5", HIGH, "GO-2"),
        Vulnerability("GO-3", "golang.org/x/net", "Go", "0.1.0", "0.7.0", HIGH, "GO-3"),
    )
    return with_assessment(subject, found)


GO = (
    "FROM golang:1.26.0 AS build\nRUN go build -o /app .\n"
    "FROM scratch\nCOPY --from=build /app /app\n"
)


def test_the_go_release_is_raised_in_the_build_stage() -> None:
    found = about(with_go(GO))
    release = found["vulnerable-package Go release of app"]
    assert "1.26.5 mends them" in release.message
    fix = release.fixes[0]
    done = replay(with_go(GO), Plan((fix_key(release, fix),)))
    assert done.applied[0].silenced
    first = done.subject.texts["Dockerfile"].splitlines()[0]
    assert first.startswith("FROM golang:1.26.")
    assert first.endswith(" AS build")
    assert "go get golang.org/x/net@v0.7.0" in found["vulnerable-package Go program app"].tip


@pytest.mark.parametrize("tag", ["1.26", "1.26.6", "$V", "1"])
def test_a_go_tag_that_floats_or_is_new_enough_is_left_alone(tag: str) -> None:
    release = about(with_go(GO.replace("1.26.0", tag)))["vulnerable-package Go release of app"]
    assert release.fixes == ()
    assert "1.26.5" in release.tip


def python_base(*more: str) -> tuple[ImageSketch, Vulnerability]:
    """A base with a Python whose setuptools has a hole, and further files."""
    image = sketch("13", OPENSSL, {"app": "x"})
    files: dict[str, str | bytes | FileSketch | None] = {
        **image.layers[0].files,
        "usr/local/lib/python3.12/site-packages/setuptools-65.0.dist-info/METADATA": "Name: "
        "setuptools\nVersion: 65.0\n",
        "usr/local/bin/pip": PROGRAM,
        **dict.fromkeys(more, ""),
    }
    found = Vulnerability("CVE-2099-9", "setuptools", "PyPI", "65.0", "70.0", HIGH, "PYSEC-9")
    image = replace(image, layers=(replace(image.layers[0], files=files), *image.layers[1:]))
    return image, found


def test_python_packages_of_the_base_are_raised_apart_from_its_system_packages() -> None:
    image, setuptools = python_base("usr/lib/python3.11/EXTERNALLY-MANAGED")
    subject = opened("FROM debian:13\nCOPY . .\n", image, (*FOUND, setuptools))
    found = about(subject)
    assert set(found) == {"vulnerable-base base", "vulnerable-base base python"}
    for name in found:
        fix = found[name].fixes[0]
        assert fix.safety is Safety.REVIEW
        done = replay(subject, Plan((fix_key(found[name], fix),)))
        assert done.applied[0].silenced
        assert not done.applied[0].introduced
        assert set(about(done.subject)) == set(found) - {name}
    line = found["vulnerable-base base python"].fixes[0].edits[0].text
    assert line == 'RUN pip install --no-cache-dir "setuptools>=70.0"\n'


def test_pip_is_not_told_to_change_the_python_of_a_distribution() -> None:
    image, setuptools = python_base("usr/local/lib/python3.12/EXTERNALLY-MANAGED")
    subject = opened("FROM debian:13\nCOPY . .\n", image, (setuptools,))
    fix = about(subject)["vulnerable-base base python"].fixes[0]
    assert fix.safety is Safety.MANUAL


def test_many_vulnerabilities_are_few_findings() -> None:
    names = [f"pkg{number}" for number in range(40)]
    status = "".join(stanza(name, "1-1") for name in names)
    rows = tuple(
        debian(name, "1-1", "1-2" if number % 2 else "", 100 * position + number)
        for position, name in enumerate(names)
        for number in range(20)
    )
    found = about(opened("FROM debian:13\nCOPY . .\n", sketch("13", status, {"app": "x"}), rows))
    assert set(found) == {"vulnerable-base base", "vulnerability-without-fix base"}
    base = found["vulnerable-base base"]
    assert "400 vulnerabilities (400 high)" in base.message
    assert len(base.evidence) == 201
    assert "200 more" in base.evidence[-1].text
    assert found["vulnerability-without-fix base"].severity is Severity.INFO


def test_what_is_exploited_is_critical_and_first() -> None:
    status = stanza("a", "1-1") + stanza("b", "1-1")
    rows = (
        replace(debian("a", "1-1", "1-2", 1), epss=0.9),
        replace(debian("b", "1-1", "1-2", 2), kev=True, rating=Rating(Severity.LOW)),
    )
    found = about(opened("FROM debian:13\nCOPY . .\n", sketch("13", status, {"app": "x"}), rows))
    base = found["vulnerable-base base"]
    assert base.severity is Severity.CRITICAL
    assert "1 known to be exploited" in base.message
    assert base.evidence[0].text == "CVE-2099-2 low b 1-1 → 1-2 (known to be exploited)"
    assert "EPSS 0.900" in base.evidence[1].text


def test_what_is_hidden_is_counted_and_never_dropped() -> None:
    rows = (
        replace(debian("openssl", "3.0.11-1", "", 1), hidden="Debian calls it unimportant"),
        debian("openssl", "3.0.11-1", "", 2),
    )
    found = about(opened("FROM debian:13\nCOPY . .\n", sketch("13", OPENSSL, {"app": "x"}), rows))
    said = found["vulnerability-without-fix base"].evidence
    assert [one.text for one in said][-1] == "1 more are left out: Debian calls it unimportant"


def test_an_image_alone_is_told_too() -> None:
    subject = replace(
        memory_subject(None, image=sketch("13", OPENSSL), assessment=FOUND), today=TODAY
    )
    [finding] = about(subject).values()
    assert finding.rule == "vulnerable-base"
    assert finding.fixes == ()
    assert finding.places[0] == PackagePlace("deb", "libssl3", "3.0.11-1", 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("flask==2.0\n", [("flask", "2.0", False)]),
        ("Flask_A[x] === 1.0.post1 ; python_version<'3'\n", [("flask-a", "1.0.post1", False)]),
        ("a==1 \\\n  --hash=sha256:1 \\\n  --hash=sha256:2\nb==2\n",
         [("a", "1", True), ("b", "2", False)]),
        ("a==1  # why\n", [("a", "1", False)]),
        ("-r other.txt\n# a==1\n-e ./a==1\na @ https://b/a==1\na==$X\n", []),
        ("a==1,<2\nb>=1,<2\nc~=1.0\nd==1.*\ne<2, !=1.5 # x\nf~=1.0,>=1.2\n",
         [("a", "1", False), ("b", "1", False), ("c", "1.0", False), ("d", "", False),
          ("e", "", False), ("f", "1.2", False)]),
        ("a>=1\nb [x] ; python_version>'3'\nc\r\n",
         [("a", "1", False), ("b", "", False), ("c", "", False)]),
        ("", []),
        ("a==1", [("a", "1", False)]),
    ],
)  # fmt: skip
def test_requirement_pins(text: str, expected: list[tuple[str, str, bool]]) -> None:
    found = pins({"requirements.txt": text}, None)
    assert [(one.name, one.version, bool(one.conditions)) for one in found] == expected
    assert all(one.span.slice(text) == one.version for one in found)
    for one in found:
        edited = text[: one.span.start] + one.before + "9" + one.after + text[one.span.end :]
        [again] = [two for two in pins({"requirements.txt": edited}, None) if two.name == one.name]
        assert again.version == "9"


@pytest.mark.parametrize(
    ("run", "after"),
    [
        ("pip install flask", 'pip install "flask>=2.2.5"'),
        ("pip install 'flask[async]' x", 'pip install "flask[async]>=2.2.5" x'),
        ("pip install 'flask>=1.0'", "pip install 'flask>=2.2.5'"),
        ("sudo pip install flask", 'sudo pip install "flask>=2.2.5"'),
        ('sh -c "pip install flask"', None),
        ('sh -c "pip install flask==2.0.0"', 'sh -c "pip install flask==2.2.5"'),
        ("pip install flask~=2.0", "pip install flask~=2.2.5"),
        ("pip install 'flask~=2.0'", "pip install 'flask~=2.0,>=2.2.5'"),
        ("pip install 'flask~=2.0.0'", "pip install 'flask~=2.2.5'"),
        ("pip install 'flask>=2,<3'", "pip install 'flask>=2.2.5,<3'"),
        ("pip install 'flask<3'", 'pip install "flask<3,>=2.2.5"'),
        ("pip install 'flask<2.1'", None),
        ("pip install ./flask", None),
        ("pip install $FLASK", None),
        ("pip install flask==1.9", None),
    ],
)
def test_words_of_an_install(run: str, after: str | None) -> None:
    image = ImageSketch(
        base_layers=1,
        layers=(
            LayerSketch({"etc/hostname": "x"}),
            LayerSketch(
                {f"{SITE}/flask-2.0.0.dist-info/METADATA": "Name: Flask\nVersion: 2.0.0\n"}
            ),
        ),
    )
    flask = Vulnerability("CVE-2099-1", "flask", "PyPI", "2.0.0", "2.2.5", HIGH, "G")
    subject = opened(f"FROM python:3.14\nRUN {run}\n", image, (flask,))
    finding = about(subject)["vulnerable-package pypi Flask"]
    if after is None:
        assert finding.best_fix is None
        return
    done = replay(subject, Plan((fix_key(finding, finding.fixes[0]),)))
    assert done.subject.texts["Dockerfile"] == f"FROM python:3.14\nRUN {after}\n"
    assert done.applied[0].silenced


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"dependencies": {"a": "^1.2.3", "@s/b": "1.0.0-rc.1", "c": ">=1.0.0", "d": "*"}}',
         [("a", "1.2.3"), ("@s/b", "1.0.0-rc.1")]),
        ('{"dependencies": {"a": "1.0.0"}, "devDependencies": {"a": "1.0.0"}}',
         [("a", "1.0.0"), ("a", "1.0.0")]),
        ('{"dependencies": {"a": "1.0.0"}, "scripts": {"a": "1.0.0"}}', []),
        ('{"dependencies": {"b": "npm:@s/a@~1.0.0"}, "overrides": {"c": "2.0.0", "d": "$d"}}',
         [("@s/a", "1.0.0"), ("c", "2.0.0")]),
        ('{"peerDependencies": {"a": "1.0.0"}}', []),
        ('{"dependencies": ["a"], "devDependencies": {"a": 1}}', []),
        ("[" * 100_000, []),
        ("no json", []),
    ],
)  # fmt: skip
def test_package_json_pins(text: str, expected: list[tuple[str, str]]) -> None:
    found = pins({"app/package.json": text}, None)
    assert [(one.name, one.version) for one in found] == expected
    assert all(one.span.slice(text) == one.version for one in found)


@pytest.mark.parametrize(("text", "safety"), [("", Safety.MANUAL), ("USER app\n", Safety.REVIEW)])
def test_a_user_of_the_text_is_none_of_the_base(text: str, safety: Safety) -> None:
    """Without a layer of the text the history does not tell whose line it is: its number does."""
    image = sketch("13", OPENSSL, user="app")
    found = about(opened(f"FROM debian:13\n{text}", image, FOUND))
    [fix] = [one for one in found["vulnerable-base base"].fixes if one.name == "upgrade-packages"]
    assert fix.safety is safety
