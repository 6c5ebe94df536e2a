"""Files with credentials that COPY or ADD takes from the build context."""

from __future__ import annotations

from hardening.context import BuildContext
from hardening.rules.support_cache import remembered
from hardening.rules.support_copy import Transfer, is_whole_context
from hardening.rules.support_ignore import listed
from hardening.secrets.credential_names import is_credential_file, may_hold_credentials


def named_credentials(one: Transfer, context: BuildContext | None) -> tuple[str, ...]:
    """Credential files that the instruction names."""
    found = []
    for word in one.local:
        source = word.value.removeprefix("./").lstrip("/")
        if word.has_variable:
            continue
        if not is_credential_file(source):
            if may_hold_credentials(source) and context and context.exists(source):
                found += [source] if _has_secret(context, source) else []
            continue
        if context is None or not context.exists(source) or _has_secret(context, source):
            found.append(source)
    return tuple(found)


def caught_credentials(one: Transfer, context: BuildContext) -> tuple[str, ...]:
    """Credential files inside the directories and patterns that the instruction names."""
    found: list[str] = []
    for word in one.local:
        source = word.value.removeprefix("./").strip("/")
        if word.has_variable or source.startswith("<<"):
            continue
        roots = (".",) if is_whole_context(word.value) else context.glob(source)
        prefixes = tuple("" if root == "." else f"{root}/" for root in roots)
        for path in _credential_files(context):
            inside = path.startswith(prefixes) if prefixes else False
            if (inside or path in roots) and path != source and _has_secret(context, path):
                found.append(path)
    return tuple(dict.fromkeys(found))


@remembered
def _credential_files(context: BuildContext) -> tuple[str, ...]:
    return tuple(path for path in listed(context) if is_credential_file(path))


@remembered
def _has_secret(context: BuildContext, path: str) -> bool:
    """False when the file can be read and holds nothing that looks like a credential."""
    from hardening.secrets.judge import reason_to_demote
    from hardening.secrets.occurrences import hits_in

    data = context.read(path, 1 << 18)
    if data is None:
        return True
    return any(not reason_to_demote(hit, path) for hit in hits_in(data, path))
