"""Calls of package managers, whatever the order of their flags."""

from __future__ import annotations

import pytest

from hardening.dockerfile import parse
from hardening.dockerfile.packages import name_and_version, package_calls
from hardening.dockerfile.shell_model import PackageCall


def _calls(command: str) -> tuple[PackageCall, ...]:
    script = parse(f"FROM a\nRUN {command}\n").instructions[1].shell
    assert script is not None
    return package_calls(script)


@pytest.mark.parametrize(
    ("command", "manager", "verb", "packages"),
    [
        ("apt-get install -y curl git", "apt-get", "install", "curl git"),
        (
            "apt-get -y -t backports install --no-install-recommends curl",
            "apt-get",
            "install",
            "curl",
        ),
        (
            "apt-get -qq -o Acquire::Retries=3 install -yt sid curl=1.2-3",
            "apt-get",
            "install",
            "curl=1.2-3",
        ),
        ("apt-get -o=A=b install curl", "apt-get", "install", "curl"),
        (
            "DEBIAN_FRONTEND=noninteractive apt-get install $PACKAGES",
            "apt-get",
            "install",
            "$PACKAGES",
        ),
        ("sudo -E apt-get update", "apt-get", "update", ""),
        ("apt full-upgrade -y", "apt", "dist-upgrade", ""),
        ("aptitude -y install a", "aptitude", "install", "a"),
        ("apk add --no-cache --virtual .deps gcc", "apk", "install", "gcc"),
        ("apk --update-cache -t .deps add gcc -X http://r", "apk", "install", "gcc"),
        ("apk del .deps", "apk", "remove", ".deps"),
        ("apk cache clean", "apk", "clean", ""),
        ("yum -y --enablerepo epel install a b", "yum", "install", "a b"),
        ("yum update -y", "yum", "upgrade", ""),
        ("dnf --setopt=a=b install -y --releasever 40 a", "dnf", "install", "a"),
        ("dnf clean all", "dnf", "clean", "all"),
        ("dnf group install x", "dnf", "install", "x"),
        ("microdnf install -y a", "microdnf", "install", "a"),
        ("tdnf makecache", "tdnf", "update", ""),
        ("zypper --non-interactive in -r repo a", "zypper", "install", "a"),
        ("zypper -n ref", "zypper", "update", ""),
        ("zypper cc -a", "zypper", "clean", ""),
        (
            "pip install -r requirements.txt --no-cache-dir flask==3.0",
            "pip",
            "install",
            "flask==3.0",
        ),
        ("pip3.11 install -i https://x -c c.txt -e . a", "pip", "install", "a"),
        ("python3 -m pip install -U pip", "pip", "install", "pip"),
        ("uv pip install --system a", "pip", "install", "a"),
        ("pip cache purge", "pip", "clean", ""),
        ("npm ci --omit dev", "npm", "ci", ""),
        ("npm i -g a@1 --registry https://x", "npm", "install", "a@1"),
        ("npm cache clean --force", "npm", "clean", ""),
        ("yarn", "yarn", "install", ""),
        ("yarn install --frozen-lockfile", "yarn", "install", ""),
        ("yarn global add a", "yarn", "install", "a"),
        ("yarn cache clean", "yarn", "clean", ""),
        ("pnpm add -D a", "pnpm", "install", "a"),
        ("pnpm store prune", "pnpm", "clean", ""),
        ("gem install --no-document -v 1.2 a", "gem", "install", "a"),
        ("go install -ldflags '-s -w' a/b@latest", "go", "install", "a/b@latest"),
        ("go mod download", "go", "mod download", ""),
        ("cargo +nightly install --locked --version 1 a", "cargo", "install", "a"),
        ("composer global require a/b:1.0 -d /x", "composer", "install", "a/b:1.0"),
        ("composer install --no-dev", "composer", "install", ""),
        ("conda install -y -n base -c conda-forge a=1.2", "conda", "install", "a=1.2"),
        ("conda env create -f env.yml", "conda", "create", ""),
        ("mamba clean -afy", "conda", "clean", ""),
        ("micromamba install -f env.yml -y a", "conda", "install", "a"),
    ],
)
def test_a_call_is_read(command: str, manager: str, verb: str, packages: str) -> None:
    (call,) = _calls(command)
    assert (call.manager, call.verb) == (manager, verb)
    assert " ".join(word.text for word in call.packages) == packages


def test_flags_are_words_and_values_are_none() -> None:
    (call,) = _calls("apt-get -y install -t sid --no-install-recommends a -o A=b")
    flags = [word.text for word in call.flags]
    assert flags == ["-y", "-t", "--no-install-recommends", "-o"]
    assert call.command.has_flag("-y", "--yes")
    assert call.verb_span is not None
    assert call.verb_span.slice("FROM a\nRUN apt-get -y install") == "install"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("apt-get install curl=7.88.1-10", ("curl", "7.88.1-10")),
        ("apt-get install curl", ("curl", None)),
        ("apt-get install ./x.deb", ("./x.deb", None)),
        ("apk add curl=8.5", ("curl", "8.5")),
        ("apk add 'curl~=8.5'", ("curl", "8.5")),
        ("apk add 'curl>8.5'", ("curl", None)),
        ("pip install 'a==1.0'", ("a", "1.0")),
        ("pip install 'a[x]==1.0'", ("a[x]", "1.0")),
        ("pip install 'a>=1.0'", ("a>=1.0", None)),
        ("npm i @s/a@1.2", ("@s/a", "1.2")),
        ("npm i @s/a", ("@s/a", None)),
        ("yum install a-1.2-3.el9", ("a", "1.2-3.el9")),
        ("yum install java-headless", ("java-headless", None)),
        ("go install a/b@v1", ("a/b", "v1")),
        ("conda install a=1", ("a", "1")),
    ],
)
def test_names_and_versions(command: str, expected: tuple[str, str | None]) -> None:
    (call,) = _calls(command)
    name, version = name_and_version(call, call.packages[0])
    assert version == expected[1]
    if version is not None or "'" not in command:
        assert name == expected[0]


def test_other_commands_are_no_calls() -> None:
    assert (
        _calls("echo apt-get install; apt-cache policy a; python3 -m http.server; uv run a") == ()
    )


def test_calls_in_strings_and_substitutions_are_seen() -> None:
    calls = _calls("sh -c 'apt-get update' && x=$(apk info)")
    assert [(one.manager, one.verb) for one in calls] == [("apt-get", "update"), ("apk", "info")]
