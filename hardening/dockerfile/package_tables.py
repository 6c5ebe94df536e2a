"""How each package manager's command line is read: flags that take a separate value, verbs.

Sources: the managers' own manual pages.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Manager:
    """`verbs` maps what is typed to the canonical verb. `groups` are first words that need a
    second one (`npm cache clean`), mapped the same way as "cache clean". `alone` is the verb of a
    call without any."""

    name: str
    valued: frozenset[str]
    verbs: dict[str, str] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()
    alone: str = ""
    single_dash_long: bool = False


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_APT = _words(
    "-t --target-release --default-release -o --option -c --config-file -a --host-architecture "
    "-P --build-profiles --solver"
)
_DNF = _words(
    "-c --config --installroot --enablerepo --disablerepo --repo --repoid --setopt -x --exclude "
    "--excludepkgs --releasever -d --debuglevel -e --errorlevel -R --randomwait --disableplugin "
    "--enableplugin --forcearch --advisory --comment --downloaddir --destdir --color "
    "--rpmverbosity --repofrompath"
)
_DNF_VERBS = {
    "in": "install", "localinstall": "install",
    "groupinstall": "install", "group install": "install",
    "update": "upgrade", "up": "upgrade", "upgrade-minimal": "upgrade", "update-minimal": "upgrade",
    "distro-sync": "dist-upgrade", "makecache": "update", "check-update": "update", "rm": "remove",
    "erase": "remove",
}  # fmt: skip
_APT_VERBS = {
    "full-upgrade": "dist-upgrade", "safe-upgrade": "upgrade", "auto-remove": "autoremove",
    "distclean": "dist-clean", "auto-clean": "autoclean",
}  # fmt: skip
_NODE = _words(
    "--registry --prefix -C --dir --cache --loglevel --omit --include --only -w --workspace "
    "--userconfig --tag --cwd --network-timeout --modules-folder --cache-folder --mutex --filter "
    "-F --store-dir --network-concurrency --reporter --otp --proxy --https-proxy --cafile --mode"
)
_NPM_VERBS = {
    "i": "install", "in": "install", "add": "install", "isntall": "install",
    "clean-install": "ci", "ic": "ci", "install-clean": "ci", "up": "update", "upgrade": "update",
    "un": "remove", "uninstall": "remove", "rm": "remove", "r": "remove", "remove": "remove",
    "cache clean": "clean", "cache clear": "clean", "cache rm": "clean", "store prune": "clean",
    "global add": "install", "global remove": "remove", "run-script": "run",
}  # fmt: skip
_PIP = _words(
    "-r --requirement -c --constraint -e --editable -i --index-url --extra-index-url -f "
    "--find-links -t --target --prefix --root --src --platform --python-version "
    "--implementation --abi --cache-dir --proxy --retries --timeout --trusted-host --cert "
    "--client-cert --log --no-binary --only-binary --install-option --global-option "
    "--config-settings -C --progress-bar --python "
    "-p --use-feature --use-deprecated --report -d --dest -w --wheel-dir --upgrade-strategy "
    "--exists-action --index --default-index --resolution --prerelease --exclude-newer --link-mode "
    "--build-constraint --build -b --root-user-action --keyring-provider "
    "--group --override --index-strategy"
)
_CONDA = _words(
    "-n --name -p --prefix -c --channel --file --solver --experimental-solver -r --root-prefix "
    "--platform --subdir --repodata-fn --revision --clone"
)
_CONDA_VERBS = {
    "uninstall": "remove", "upgrade": "update", "env create": "create", "env update": "update",
}  # fmt: skip

_ALL = (
    Manager("apt-get", _APT, _APT_VERBS),
    Manager("apt", _APT, _APT_VERBS),
    Manager("aptitude", _APT | _words("-F -O -w -s --sort --width"), _APT_VERBS),
    Manager(
        "apk",
        _words(
            "-t --virtual -X --repository -p --root --repositories-file --keys-dir --cache-dir "
            "--cache-max-age --arch --wait --progress-fd --timeout"
        ),
        {"add": "install", "del": "remove", "cache clean": "clean", "cache purge": "clean"},
        _words("cache"),
    ),
    *(
        Manager(name, _DNF, _DNF_VERBS, _words("group"))
        for name in ("yum", "dnf", "microdnf", "tdnf")
    ),
    Manager(
        "zypper",
        _words(
            "-R --root -D --reposd-dir -C --cache-dir --raw-cache-dir --solv-cache-dir -r --repo "
            "--from -t --type -c --config --pkg-cache-dir --plus-repo -p --priority --download"
        ),
        {
            "in": "install",
            "ref": "update",
            "refresh": "update",
            "up": "upgrade",
            "update": "upgrade",
            "dup": "dist-upgrade",
            "rm": "remove",
            "cc": "clean",
            "ar": "addrepo",
            "si": "source-install",
            "clean": "clean",
        },
    ),
    Manager(
        "pip",
        _PIP,
        {"cache purge": "clean", "cache remove": "clean", "uninstall": "remove"},
        _words("cache"),
    ),
    Manager("npm", _NODE, _NPM_VERBS, _words("cache")),
    Manager("yarn", _NODE, _NPM_VERBS, _words("cache global"), alone="install"),
    Manager("pnpm", _NODE, _NPM_VERBS, _words("store cache")),
    Manager(
        "gem",
        _words(
            "-v --version -i --install-dir -n --bindir -s --source -P --trust-policy --platform "
            "-p --http-proxy --document --build-root -g --file -B --bulk-threshold"
        ),
        {"i": "install", "cleanup": "clean", "uninstall": "remove"},
    ),
    Manager(
        "go",
        _words(
            "-o -ldflags -tags -mod -modfile -p -C -gcflags -asmflags -gccgoflags -buildmode "
            "-toolexec -overlay -pkgdir -installsuffix -compiler -exec -run -count -timeout"
        ),
        groups=_words("mod work tool"),
        single_dash_long=True,
    ),
    Manager(
        "cargo",
        _words(
            "--version --vers --git --branch --tag --rev --path --root --target --target-dir "
            "--features -F --bin --example --profile -j --jobs --registry --index --config -Z "
            "--manifest-path --color -p --package -C --test --bench --message-format"
        ),
        {"b": "build", "t": "test", "r": "run", "uninstall": "remove"},
    ),
    Manager(
        "composer",
        _words("-d --working-dir --repository --repository-url --stability -s --prefer-install"),
        {
            "require": "install",
            "req": "install",
            "r": "install",
            "i": "install",
            "global require": "install",
            "global install": "install",
            "global update": "update",
            "clear-cache": "clean",
            "clearcache": "clean",
            "cc": "clean",
            "u": "update",
            "upgrade": "update",
        },
        _words("global"),
    ),
    Manager("conda", _CONDA, _CONDA_VERBS, _words("env")),
)
MANAGERS: dict[str, Manager] = {manager.name: manager for manager in _ALL}
MANAGERS["dnf5"] = MANAGERS["dnf"]
MANAGERS["mamba"] = MANAGERS["micromamba"] = MANAGERS["conda"]
