"""Which system packages are not the distribution's own: its advisories do not speak of them.

RPM names the vendor; a package of another one is foreign. Ubuntu's own packages name Ubuntu,
Canonical or Debian. Debian's and Alpine's maintainers use addresses of all kinds, so there a
package is foreign when its maintainer is a maker known to publish repositories of its own, or when
its version carries such a repository's mark. A package that names nobody counts as the
distribution's. None of Debian 12's 2,249 maintainers but NodeSource's is taken for such a maker.
"""

from __future__ import annotations

import re

from hardening.image.release import OsRelease
from hardening.inventory.model import Package

_MAKERS = (
    "adoptium", "adoptopenjdk.net", "azul.com", "bell-sw.com", "broadcom.com",
    "cassandra.apache.org", "chef.io", "chromium.org", "cloud-sdk", "chrome-linux",
    "clickhouse.com", "cloudflare.com", "confluent.io", "corretto", "couchbase.com",
    "datadoghq.com", "docker.com", "dotnetfoundation.org", "eclipse.org", "elastic.co", "f5.com",
    "gitlab.com", "kubernetes-dev@", "grafana.com", "hashicorp.com", "influxdata.com", "jenkins",
    "kohsuke.org", "kubernetes.io", "lists.mariadb.org", "maria-developers@", "microsoft.com",
    "mongodb.com", "mongodb.org", "neo4j.com", "newrelic.com", "nginx.com", "nodesource.com",
    "cudatools@", "oss.oracle.com", "packagecloud.io", "percona.com", "pivotal.io", "puppet.com",
    "puppetlabs.com", "rabbitmq.com", "redis.com", "redis.io", "sury.org", "tailscale.com",
    "timescale.com", "varnish-software.com", "vmware.com", "yarn@dan.cx", "zabbix.com",
)  # fmt: skip
_NAMES = ("github", "kong inc", "nvidia corporation")
_ADDRESS = re.compile(r"<([^<>]+)>")
_MARK = re.compile(r"\.pgdg\d|cran\d?(?:\.|\Z)|~sury|\bppa\d")
_UBUNTU = ("@lists.ubuntu.com", "@ubuntu.com", "@canonical.com", "debian.org", "debian.net")
_VENDORS = {
    "almalinux": ("almalinux", "cloudlinux"),
    "rocky": ("rocky",),
    "rhel": ("red hat",),
    "centos": ("centos", "red hat"),
    "sles": ("suse", "obs://build.suse"),
    "opensuse-leap": ("suse", "opensuse", "obs://build.suse"),
    "azurelinux": ("microsoft",),
    "mariner": ("microsoft",),
    "photon": ("vmware", "broadcom"),
}


def is_third_party(package: Package, release: OsRelease | None) -> bool:
    """Whether a deb, rpm or apk package comes from somebody else than the distribution."""
    if release is None or package.type not in ("deb", "rpm", "apk"):
        return False
    if package.type == "deb" and _MARK.search(package.version):
        return True
    vendor = package.vendor.strip().lower()
    if not vendor:
        return False
    if package.type == "rpm":
        own = _VENDORS.get(release.id)
        return own is not None and not vendor.startswith(own)
    if release.id == "ubuntu":
        return not any(mark in vendor for mark in _UBUNTU)
    address = _ADDRESS.search(vendor)
    if address is None or vendor.startswith(_NAMES):
        return vendor.startswith(_NAMES)
    return any(_is_of(address[1], maker) for maker in _MAKERS)


def _is_of(address: str, maker: str) -> bool:
    if "@" in maker or "." not in maker:
        return maker in address
    domain = address.rpartition("@")[2]
    return domain == maker or domain.endswith("." + maker)
