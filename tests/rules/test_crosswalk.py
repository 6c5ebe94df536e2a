"""Every id of the tools of the field is a rule's alias, or stands in docs/not-covered.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardening.reports.crosswalk import crosswalk
from hardening.rules import all_rules

ROOT = Path(__file__).parents[2]

HADOLINT = """
1001 3000 3001 3002 3003 3004 3006 3007 3008 3009 3010 3011 3012 3013 3014 3015 3016 3018 3019 3020
3021 3022 3023 3024 3025 3026 3027 3028 3029 3030 3032 3033 3034 3035 3036 3037 3038 3040 3041 3042
3043 3044 3045 3046 3047 3048 3049 3050 3051 3052 3053 3054 3055 3056 3057 3058 3059 3060 3061 3062
3063 3064 3065 3066 3067 4000 4001 4003 4004 4005 4006
"""
BUILDKIT = """
StageNameCasing FromAsCasing NoEmptyContinuation ConsistentInstructionCasing DuplicateStageName
ReservedStageName JSONArgsRecommended MaintainerDeprecated UndefinedArgInFrom WorkdirRelativePath
UndefinedVar MultipleInstructionsDisallowed LegacyKeyValueFormat RedundantTargetPlatform
SecretsUsedInArgOrEnv InvalidDefaultArgInFrom FromPlatformFlagConstDisallowed CopyIgnoredFile
InvalidDefinitionDescription ExposeProtoCasing ExposeInvalidFormat InvalidBaseImagePlatform
"""
TRIVY = """
0001 0002 0004 0005 0006 0007 0008 0009 0010 0011 0012 0013 0014 0015 0016 0017 0019 0020 0021 0022
0023 0024 0025 0026 0027 0029 0030 0031
"""
DOCKLE = " ".join(
    [f"CIS-DI-{number:04}" for number in range(1, 12)]
    + [f"DKL-DI-{number:04}" for number in range(1, 7)]
    + [f"DKL-LI-{number:04}" for number in range(1, 4)]
)
CHECKOV = " ".join(
    [f"CKV_DOCKER_{number}" for number in range(1, 12)]
    + [f"CKV2_DOCKER_{number}" for number in range(1, 18)]
)
KICS = """
add_instead_of_copy apk_add_using_local_cache_path apt_get_install_lists_were_not_deleted
apt_get_install_pin_version_not_defined apt_get_missing_flags_to_avoid_manual_input
apt_get_not_avoiding_additional_packages changing_default_shell_using_run_command chown_flag_exists
copy_from_references_current_from_alias copy_with_more_than_two_arguments_not_ending_with_slash
curl_or_wget_instead_of_add exposing_port_22 gem_install_without_version
healthcheck_instruction_missing image_version_not_explicit image_version_using_latest
last_user_is_root maintainer_instruction_being_used missing_dnf_clean_all
missing_flag_from_dnf_install missing_user_instruction missing_version_specification_in_dnf_install
missing_zypper_clean missing_zypper_non_interactive_switch multiple_cmd_instructions_listed
multiple_entrypoint_instructions_listed multiple_run_add_copy_instructions_listed
not_using_json_in_cmd_and_entrypoint_arguments npm_install_without_pinned_version
pip_install_keeping_cached_packages run_command_cd_instead_of_workdir run_using_apt run_using_sudo
run_using_wget_and_curl run_utilities_and_posix_commands same_alias_in_different_froms
shell_running_a_pipe_without_pipefail_flag unix_ports_out_of_range
unpinned_package_version_in_apk_add unpinned_package_version_in_pip_install
update_instruction_alone using_platform_with_from using_unnamed_build_stages
workdir_path_not_absolute yum_clean_all_missing yum_install_allows_manual_input
yum_install_without_version zypper_install_without_version
"""
SLIM = """
10001 10002 20000 20001 20002 20003 20004 20005 20006 20007 20008 20009 20010 20011 20012 20013
20014 20015 20016 20017 20018 20019 20020 20021 20022
"""
PARFUM = """
curlUseFlagL MoreThanOneInstall curlUseFlagF npmCacheCleanAfterInstall npmCacheCleanUseForce
yarnCacheClean rmRecursiveAfterMktempD curlUseHttpsUrl wgetUseHttpsUrl pipUseNoCacheDir
mkdirUsrSrcThenRemove configureShouldUseBuildFlag gemUpdateSystemRmRootGem sha256sumEchoOneSpaces
gemUpdateNoDocument gpgVerifyAscRmAsc yumInstallForceYes yumInstallRmVarCacheYum
tarSomethingRmTheSomething gpgUseBatchFlag gpgUseHaPools aptGetInstallUseY aptGetInstallUseNoRec
aptGetUpdatePrecedesInstall aptGetInstallThenRemoveAptLists apkAddUseNoCache DL3002 DL3004 DL3020
DL3027 DL3029 DL3046
"""
TALLY = """
asset-precompile-without-dummy-key bootsnap-precompile-without-j1 circular-stage-deps
composer-no-dev-in-production consistent-indentation copy-after-user-without-chown
copy-from-empty-scratch-stage cuda-version-mismatch curl-should-follow-redirects
deprecated-bundler-install-flags enable-opcache-in-production eol-last eol-ruby-version
epilogue-order error-action-preference healthcheck-rails-up-endpoint invalid-json-form
invalid-onbuild-trigger jemalloc-installed-but-not-preloaded leftover-bundler-cache max-lines
missing-bundle-deployment missing-bundle-without-development named-identity-in-passwdless-stage
newline-between-instructions newline-per-chained-call no-buildtime-gpu-queries no-buildx-git-overlap
no-chown-flag no-container-runtime-in-image no-duplicate-keys no-hardcoded-visible-devices
no-multi-spaces no-multiple-empty-lines no-redundant-cuda-install no-run-mounts
no-stale-base-digest no-stopsignal no-trailing-spaces no-ungraceful-stopsignal no-unreachable-stages
no-xdebug-in-final-image node-gyp-cache-mounts platform-mismatch prefer-add-git prefer-add-unpack
prefer-bundler-cache-mount prefer-canonical-stopsignal prefer-copy-chmod prefer-copy-heredoc
prefer-curl-config prefer-formatted-heredocs prefer-gemfile-bind-mounts prefer-grouped
prefer-minimal-driver-capabilities prefer-multi-stage-build prefer-network-none-install
prefer-nginx-sigquit prefer-package-cache-mounts prefer-run-heredoc prefer-runtime-final-stage
prefer-secret-mounts-for-build-credentials prefer-shell-instruction prefer-stable-order
prefer-systemd-sigrtmin-plus-3 prefer-telemetry-opt-out prefer-uv-over-conda prefer-vex-attestation
prefer-wget-config progress-preference redundant-bundler-install require-secret-mounts
require-stages secrets-in-arg-or-env secrets-in-code shell-run-in-scratch sort-packages
state-paths-not-writable-as-non-root stateful-root-runtime syntax-directive-typo
unknown-instruction user-created-but-never-used user-explicit-group-drops-supplementary-groups
valid-key world-writable-state-path-workaround yjit-not-enabled-on-supported-runtime
"""
PEERS = {
    "hadolint": ("DL", HADOLINT),
    "buildkit": ("", BUILDKIT),
    "trivy": ("DS-", TRIVY),
    "dockle": ("", DOCKLE),
    "checkov": ("", CHECKOV),
    "kics": ("", KICS),
    "slim": ("ID.", SLIM),
    "parfum": ("", PARFUM),
    "tally": ("", TALLY),
}


@pytest.mark.parametrize("peer", PEERS)
def test_every_id_is_covered_or_argued(peer: str) -> None:
    prefix, words = PEERS[peer]
    known = {alias for rule in all_rules() for alias in rule.aliases}
    argued = (ROOT / "docs" / "not-covered.md").read_text(encoding="utf-8")
    ids = [f"{peer}:{prefix}{word}" for word in words.split()]
    assert len(set(ids)) == len(ids)
    missing = [one for one in ids if one not in known and f"`{one}`" not in argued]
    assert not missing


def test_nothing_is_both_covered_and_argued_away() -> None:
    known = {alias for rule in all_rules() for alias in rule.aliases}
    argued = (ROOT / "docs" / "not-covered.md").read_text(encoding="utf-8")
    assert not [one for one in known if f"`{one}`" in argued]


def test_aliases_name_known_tools() -> None:
    tools = {alias.partition(":")[0] for rule in all_rules() for alias in rule.aliases}
    assert tools <= {*PEERS, "cis-docker"}


def test_the_printed_table_has_every_name() -> None:
    table = crosswalk(all_rules())
    rows = {row.split("]")[0].removeprefix("| ["): row for row in table.splitlines()[2:]}
    for rule in all_rules():
        for alias in rule.aliases:
            tool, _, name = alias.partition(":")
            assert f"`{name}`" in rows[rule.id] or f"`{tool}:{name}`" in rows[rule.id]
    assert all(row.count(" | ") == 7 for row in rows.values())
