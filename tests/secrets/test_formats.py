"""Every format: what it must find, what it must not, and the two engines that must agree."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator

import pytest

from hardening.secrets.engine import AutomatonMatcher, Hit, Matcher, PlainMatcher, find
from hardening.secrets.formats import Format, all_formats, format_by_id, loosen
from hardening.secrets.judge import entropy, reason_to_demote
from tests.secrets.tokens import example

FORMATS = all_formats()
FAST = AutomatonMatcher(FORMATS)
PLAIN = PlainMatcher(FORMATS)
each = pytest.mark.parametrize("one", FORMATS, ids=[one.id for one in FORMATS])


def hits(one: Format, text: str, engine: Matcher = FAST) -> list[Hit]:
    """Hits of this one format; an overlapping better one does not hide them."""
    found = find(text.encode(), chosen=Only(engine, one))
    return [hit for hit in found if hit.format is one]


class Only:
    """A matcher of one format of another matcher."""

    def __init__(self, engine: Matcher, one: Format) -> None:
        self.engine, self.one = engine, one

    def candidates(self, data: bytes) -> Iterable[Format]:
        return [one for one in self.engine.candidates(data) if one is self.one]

    def matches(self, one: Format, data: bytes) -> Iterator[re.Match[bytes]]:
        return self.engine.matches(one, data)


@each
@pytest.mark.parametrize("engine", [FAST, PLAIN], ids=["automaton", "plain"])
def test_finds_its_own(one: Format, engine: Matcher) -> None:
    text = example(one)
    for around in (f"{text}", f"x = {text}\n", f'{{"k": "{text}"}}', f"\n\n{text} next"):
        (hit,) = hits(one, around, engine)
        assert around.encode()[hit.start : hit.end] == hit.value


@each
def test_leaves_a_cut_token_alone(one: Format) -> None:
    if one.id in ("jwt", "password-in-address", "putty-key"):
        pytest.skip("any end is a good end of this format")
    text = example(one)
    if one.id == "azure-sas-signature":
        text = text.removesuffix("%3D")
        assert not hits(one, text)
        return
    assert not hits(one, example(one, shorter=1))


@each
def test_leaves_a_longer_word_alone(one: Format) -> None:
    ends = (b",}", b"}?", b"}={0,2}", b"}={0,3}", b"={0,2})", b"?")
    if not one.bounded or one.pattern.endswith(ends):
        pytest.skip("it may be longer")
    longest = re.search(rb"\{\d+,(\d+)\}[)]*$", one.pattern)
    extra = "a" * (int(longest[1]) if longest else 1)
    if one.pattern.endswith((b"]", b")")) and not longest:
        extra = "a"
    assert not hits(one, example(one) + extra + "Z9")


@each
def test_describes_itself(one: Format) -> None:
    lower = ("npm", "age", "crates", "xAI")
    assert one.title[0].isupper() or one.title[0].isdigit() or one.title.startswith(lower)
    assert one.rotate.endswith(".")
    assert one.keywords
    assert all(word == word.lower() and word for word in one.keywords)
    assert set(one.id) <= set(string.ascii_lowercase + string.digits + "-")


def test_there_are_more_than_two_hundred_formats() -> None:
    assert len(FORMATS) > 200
    assert format_by_id("github-token") is not None
    assert format_by_id("nothing") is None


def test_both_engines_agree_on_everything_at_once() -> None:
    text = "\n".join(f"line {number} {example(one)}" for number, one in enumerate(FORMATS))
    data = text.encode()

    def seen(engine: Matcher) -> list[tuple[str, int, int]]:
        return [(hit.format.id, hit.start, hit.end) for hit in find(data, chosen=engine)]

    assert seen(FAST) == seen(PLAIN)
    assert len(seen(FAST)) >= len(FORMATS) * 0.9


def test_loosening_keeps_every_match() -> None:
    for one in FORMATS:
        loose = re.compile(loosen(one.pattern))
        assert loose.search(example(one).encode()), one.id
        assert re.search(one.trigger, example(one).encode()), one.id


WELL_KNOWN = {
    "github-token": "ghp_" + "Qm4Xz8Lr2Tt6Yw0uHgJfDsA5cXe1MvB7nK9p",
    "github-fine-grained-token": "github_pat_" + "1" * 22 + "_" + "aB3dE5fG7hJ9kL1mN3p" * 3 + "Zz",
    "gitlab-token": "glpat-" + "Qm4Xz8Lr2Tt6Yw0uHgJf",
    "npm-token": "npm_" + "Qm4Xz8Lr2Tt6Yw0uHgJfDsA5cXe1MvB7nK9p",
    "aws-access-key-id": "AKIA" + "Q3EGRB7XPZ2LMW5T",
    "google-api-key": "AIza" + "SyQm4Xz8Lr2Tt6Yw0uHgJfDsA5cXe1MvB7n",
    "slack-bot-token": "xoxb-" + "2345678901-3456789012-Qm4Xz8Lr2Tt6Yw0uHgJfDsA5",
    "stripe-live-key": "sk_live_" + "Qm4Xz8Lr2Tt6Yw0uHgJfDsA5",
    "sendgrid-key": "SG."
    + "Qm4Xz8Lr2Tt6Yw0uHgJfDs"
    + "."
    + "A5cXe1MvB7nK9pQm4Xz8Lr2Tt6Yw0uHgJfDsA5cXe1M",
    "huggingface-token": "hf_" + "QmXzLrTtYwuHgJfDsAcXeMvBnKpQmXzLrT",
    "digitalocean-token": "dop_v1_" + "0f1e2d3c4b5a6978" * 4,
    "docker-hub-token": "dckr_pat_" + "Qm4Xz8Lr2Tt6Yw0uHgJfDsA5cXe",
    "shopify-token": "shpat_" + "0f1e2d3c4b5a6978" * 2,
    "telegram-bot-token": "5829104736" + ":A" + "Qm4Xz8Lr2Tt6Yw0uHgJfDsA5cXe1MvB7nK",
    "sonar-token": "squ_" + "0f1e2d3c4b5a69780f1e2d3c4b5a69780f1e2d3c",
    "vault-service-token": "hvs." + "Qm4Xz8Lr2Tt6Yw0uHgJfDsA5",
    "tailscale-key": "tskey-auth-" + "kQm4Xz8Lr2CNTRL" + "-" + "Qm4Xz8Lr2Tt6Yw0uHgJfDsA5cXe1MvB",
    "anthropic-key": "sk-ant-api03-" + "Qm4Xz8Lr2Tt6Yw0uHgJfDsA5cXe1MvB" * 3 + "AA",
    "mailchimp-key": "0f1e2d3c4b5a6978" * 2 + "-us12",
    "twilio-api-key": "SK" + "0f1e2d3c4b5a6978" * 2,
    "pypi-token": "pypi-AgEIcHlwaS5vcmc" + "Qm4Xz8Lr2Tt6Yw0uHgJf" * 4,
    "age-secret-key": "AGE-SECRET-KEY-1" + ("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" * 2)[:58],
    "linear-key": "lin_api_" + "Qm4Xz8Lr2Tt6Yw0uHgJfDsA5cXe1MvB7nK9pQm4X",
    "postman-key": "PMAK-"
    + "0f1e2d3c4b5a69780f1e2d3c"
    + "-"
    + "0f1e2d3c4b5a69780f1e2d3c4b5a697811",
    "grafana-service-token": "glsa_" + "Qm4Xz8Lr2Tt6Yw0uHgJfDsA5cXe1MvB7" + "_0f1e2d3c",
    "databricks-token": "dapi" + "0f1e2d3c4b5a6978" * 2,
    "rubygems-token": "rubygems_" + "0f1e2d3c4b5a6978" * 3,
    "pulumi-token": "pul-" + "0f1e2d3c4b5a69780f1e2d3c4b5a69780f1e2d3c",
    "new-relic-user-key": "NRAK-" + "Q3EGRB7XPZ2LMW5TKDVYC9J4FHN",
    "brevo-key": "xkeysib-" + "0f1e2d3c4b5a6978" * 4 + "-" + "Qm4Xz8Lr2Tt6Yw0u",
    "supabase-token": "sbp_" + "0f1e2d3c4b5a69780f1e2d3c4b5a69780f1e2d3c",
}


@pytest.mark.parametrize("identifier", WELL_KNOWN)
def test_well_known_tokens(identifier: str) -> None:
    text = f"TOKEN={WELL_KNOWN[identifier]}\n"
    (hit,) = find(text.encode())
    assert hit.format.id == identifier
    assert hit.value.decode() == WELL_KNOWN[identifier]
    assert reason_to_demote(hit, "") == ""


@pytest.mark.parametrize(
    "text",
    [
        "ghp_short",
        "AKIAtooshort",
        "task-runner-with-a-long-name",
        "sk_live_",
        "xoxb-",
        "password: ${PASSWORD}",
        "TOKEN_TTL=3600",
        "secret_name: database",
        "key = value",
        "password = os.environ['PASSWORD']",
        "GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D",
        "https://example.com/a:b@c/",
        "https://user@example.com/",
        "git@github.com:a/b.git",
        "sha256:" + "0f1e2d3c4b5a6978" * 4,
        "-----BEGIN PUBLIC KEY-----",
        "AC" + "x" * 32,
        "token = get_token(request)",
        "password=/run/secrets/password",
        "passwd:22:postgres:x:70",
    ],
)
def test_not_a_secret(text: str) -> None:
    from hardening.secrets.occurrences import hits_in

    found = hits_in(text.encode(), "app/settings.env")
    assert [hit.format.id for hit in found if not reason_to_demote(hit, "")] == []


def test_entropy() -> None:
    assert entropy("") == 0
    assert entropy("aaaa") == 0
    assert entropy("abcd") == 2
    assert entropy("aabb") == 1
