"""Formats of smaller services, most of which need their name beside the value."""

from __future__ import annotations

from typing import Final

from hardening.model import Severity
from hardening.secrets.formats import Format, keyed, token

_H, _M, _L = Severity.HIGH, Severity.MEDIUM, Severity.LOW
_UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_PANEL = "Revoke it in the service's settings, make a new one, and look for its use in the logs."


def _named(word: str, title: str, value: str, severity: Severity = _M) -> Format:
    """A format `WORD-key` that needs the word before the value."""
    plain = word.partition("|")[0].replace("[-_]?", "-")
    return keyed(f"{plain}-named-key", title, plain, word, value, severity, _PANEL)


FORMATS: Final[tuple[Format, ...]] = (
    _named("adafruit", "Adafruit IO key", "[A-Za-z0-9_-]{32}"),
    _named("adobe", "Adobe client id", "[a-f0-9]{32}", _L),
    _named("beamer", "Beamer API token", "b_[A-Za-z0-9=_-]{44}"),
    _named("bittrex", "Bittrex key", "[A-Za-z0-9]{32}", _H),
    _named("etsy", "Etsy access token", "[A-Za-z0-9]{24}"),
    _named("finicity", "Finicity key", "[a-f0-9]{32}|[A-Za-z0-9]{20}", _H),
    _named("finnhub", "Finnhub access token", "[A-Za-z0-9]{20}"),
    _named("flickr", "Flickr access token", "[A-Za-z0-9]{32}"),
    _named("freshbooks", "FreshBooks access token", "[A-Za-z0-9]{64}", _H),
    _named("gitter", "Gitter access token", "[A-Za-z0-9_-]{40}"),
    _named("kraken", "Kraken access token", "[A-Za-z0-9/=_+-]{80,90}", _H),
    _named("kucoin", "KuCoin key", f"[a-f0-9]{{24}}|{_UUID}", _H),
    _named("linear", "Linear client secret", "[a-f0-9]{32}", _H),
    _named("looker", "Looker client secret", "[A-Za-z0-9]{24}|[A-Za-z0-9]{20}", _H),
    _named("nytimes|new-york-times|newyorktimes", "New York Times access token",
           "[A-Za-z0-9=_-]{32}"),
    _named("squarespace", "Squarespace access token", _UUID, _H),
    _named("new[-_]?relic", "New Relic user key", "[A-Za-z0-9]{64}", _H),
    keyed("asana-client-id", "Asana client id", "asana", "asana", "[0-9]{16}", _L, _PANEL,
          entropy=2.5),
    keyed("bitbucket-client-id", "Bitbucket client id", "atlassian", "bitbucket",
          "[A-Za-z0-9]{32}", _L, _PANEL),
    keyed("discord-client-id", "Discord client id", "discord", "discord", "[0-9]{18}", _L, _PANEL,
          entropy=2.0),
    keyed("linkedin-client-id", "LinkedIn client id", "linkedin", "linked_?in", "[A-Za-z0-9]{14}",
          _L, _PANEL),
    keyed("plaid-client-id", "Plaid client id", "plaid", "plaid", "[A-Za-z0-9]{24}", _L, _PANEL,
          entropy=3.5),
    keyed("sumologic-id", "Sumo Logic access id", "sumologic", "sumo_?logic|sumo_",
          "su[A-Za-z0-9]{12}", _L, _PANEL),
    token("defined-networking-token", "Defined Networking API token", "defined-networking",
          "dnkey-[A-Za-z0-9=_-]{26}-[A-Za-z0-9=_-]{52}", _H, _PANEL),
    token("authress-key", "Authress service client key", "authress",
          r"(?:sc|ext|scauth|authress)_[A-Za-z0-9]{5,30}\.[A-Za-z0-9]{4,6}\.acc[_-][a-z0-9-]{10,32}"
          r"\.[A-Za-z0-9+/_=-]{30,120}", _H, _PANEL, prefix="", bounded=False,
          keywords=(".acc_", ".acc-"), trigger=r"\.acc[_-][a-z0-9-]{10}"),
    token("flutterwave-public-key", "Flutterwave public key", "flutterwave",
          "FLWPUBK_TEST-[A-Ha-h0-9]{32}-X", _L, _PANEL, public=True),
    token("flutterwave-encryption-key", "Flutterwave encryption key", "flutterwave",
          "FLWSECK_TEST-[A-Ha-h0-9]{12}", _M, _PANEL),
    token("mailgun-public-key", "Mailgun public key", "mailgun", "pubkey-[a-f0-9]{32}", _L, _PANEL,
          public=True),
    token("mapbox-public-token", "Mapbox public token", "mapbox",
          r"pk\.[A-Za-z0-9]{60}\.[A-Za-z0-9]{22}", _L, _PANEL, trigger=r"pk\.[A-Za-z0-9]{32}",
          public=True),
)
