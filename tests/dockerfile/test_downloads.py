"""Downloads, where they go, and who runs them."""

from __future__ import annotations

import pytest

from hardening.dockerfile import Script, parse
from hardening.dockerfile.downloads import downloads, pipes_into_shell


def _script(command: str) -> Script:
    script = parse(f"FROM a\nRUN {command}\n").instructions[1].shell
    assert script is not None
    return script


@pytest.mark.parametrize(
    ("command", "url", "output"),
    [
        ("curl https://x/a", "https://x/a", None),
        ("curl -fsSLo /tmp/b https://x/a", "https://x/a", "/tmp/b"),
        ("curl -fsSL https://x/a -o/tmp/b", "https://x/a", "/tmp/b"),
        ("curl --output=/tmp/b -H 'A: b' https://x/a", "https://x/a", "/tmp/b"),
        ("curl -LO https://x/a.tgz?y=1", "https://x/a.tgz?y=1", "a.tgz"),
        ("curl -O --output-dir /d https://x/a.tgz", "https://x/a.tgz", "/d/a.tgz"),
        ("curl https://x/a > /tmp/b", "https://x/a", "/tmp/b"),
        ("curl --url https://x/a", "https://x/a", None),
        ("curl --retry 3 -u a:b $URL", "$URL", None),
        ("curl -o - https://x/a", "https://x/a", None),
        ("wget https://x/a.tgz", "https://x/a.tgz", "a.tgz"),
        ("wget -qO- https://x/a", "https://x/a", None),
        ("wget -q -O - https://x/a", "https://x/a", None),
        ("wget -O /b https://x/a", "https://x/a", "/b"),
        ("wget --output-document=/b https://x/a", "https://x/a", "/b"),
        ("wget -nv -P /d https://x/a", "https://x/a", "/d/a"),
        ("wget -qO- https://x/a >> /b", "https://x/a", "/b"),
        ("wget https://x/", "https://x/", "index.html"),
    ],
)
def test_a_download_and_its_output(command: str, url: str, output: str | None) -> None:
    (download,) = downloads(_script(command))
    assert download.url.text == url
    assert download.output == output


def test_several_addresses() -> None:
    found = downloads(_script("curl -O https://x/a -O https://x/b"))
    assert [(one.url.text, one.output) for one in found] == [
        ("https://x/a", "a"), ("https://x/b", "b"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "interpreter"),
    [
        ("curl x | sh", "sh"),
        ("curl x | sudo -E bash -", "bash"),
        ("curl x | bash -s -- --yes", "bash"),
        ("curl x | bash -eo pipefail", "bash"),
        ("curl x | gunzip | sh", "sh"),
        ("curl x | tee f | python3 -", "python3"),
        ("curl x | perl", "perl"),
        ("curl x | php -- --install-dir=/y", "php"),
        ("wget -qO- x | ash", "ash"),
        ("curl x | { read y; bash; }", "bash"),
        ("bash <(curl x)", "bash"),
        ('sh -c "$(curl x)"', "sh"),
        ("sh -c `curl x`", "sh"),
        ('eval "$(curl x)"', "eval"),
        (". <(curl x)", "."),
        ("source <(curl x)", "source"),
        ('echo "$(curl x)" | sh', "sh"),
        ('python -c "$(curl x)"', "python"),
        ('bash <<< "$(curl x)"', "bash"),
        ("sh -c 'curl x | sh'", "sh"),
    ],
)
def test_what_is_piped_into_a_shell(command: str, interpreter: str) -> None:
    ((downloader, runner),) = pipes_into_shell(_script(command))
    assert downloader.name in ("curl", "wget")
    assert runner.name == interpreter
    (download,) = downloads(_script(command))
    assert download.piped_into is not None
    assert download.piped_into.name == interpreter


@pytest.mark.parametrize(
    "command",
    [
        "curl x | tar xz",
        "curl x | gpg --dearmor",
        "curl x | sh install.sh",
        "curl x | python3 script.py",
        "curl x | python3 -c 'import json'",
        "curl x | bash -c 'cat > f'",
        "curl x && sh y",
        "curl x; sh",
        'test "$(curl x)" = y',
        'sh -c "echo $(curl x)"',
        "x=$(curl y) | sh",
        "curl x > f | sh g",
    ],
)
def test_what_is_not(command: str) -> None:
    assert pipes_into_shell(_script(command)) == ()
