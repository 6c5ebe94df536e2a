"""What to do about a secret that got out, step by step: where its provider takes it back, what to
look at afterwards, and how it leaves the image. In the order in which the steps should be done."""

from __future__ import annotations

from typing import Final

from hardening.secrets.formats import format_by_id
from hardening.secrets.model import Secret

_PROVIDERS: Final[dict[str, tuple[str, ...]]] = {
    "aws": (
        "In IAM, open the user's security credentials, make a second key and deploy it; for what "
        "runs on AWS use a role instead.",
        "Set the leaked key to inactive (aws iam update-access-key --status Inactive), watch for "
        "failures, then delete it.",
        "Read CloudTrail's event history for that access key id: new users, keys, instances.",
    ),
    "azure": (
        "Application secret: add a new one to the app registration, deploy it, delete the old one.",
        "Storage or service key: renew it (az storage account keys renew), the second one too; "
        "every signature made with it ends with it.",
        "Read the sign-in logs of the application and the activity log of the subscription.",
    ),
    "google": (
        "Service account key: make a new one or use workload identity, then delete the old one "
        "(gcloud iam service-accounts keys delete).",
        "API key: make a new one restricted to its APIs and callers, then delete the old one.",
        "Read the Cloud Audit Logs for that account, and the billing report.",
    ),
    "github": (
        "Settings, Developer settings, Personal access tokens: delete the token. An app's token "
        "ends when its owner revokes the authorisation; an Actions token ended with its job.",
        "Make a fine-grained token with the few repositories and permissions that are needed.",
        "Read the security log and the audit log of the organisation: new keys, hooks, pushes.",
    ),
    "gitlab": (
        "Revoke it where it was made: the user's, project's or group's access tokens, its deploy "
        "tokens, or the runner's page (reset a registration token).",
        "Make a new one with few scopes and an end date.",
        "Read the audit events and the runners that were added.",
    ),
    "npm": (
        "npm token list, then npm token revoke with its id.",
        "Make a granular token for the packages that need it, read-only where it only installs.",
        "Look at the versions published since (npm view PACKAGE time) and deprecate foreign ones.",
    ),
    "pypi": (
        "Account settings, API tokens: remove it. Use trusted publishing instead where you can.",
        "Look at the release history of every project that it could upload to; yank foreign ones.",
    ),
    "docker": (
        "Account settings, Personal access tokens: delete it, and make one that may only pull.",
        "Look at the tags pushed since; build and push again what you cannot vouch for.",
    ),
    "slack": (
        "Token: revoke it on the app's page (OAuth & Permissions) or with the method auth.revoke, "
        "then install the app again. Webhook: delete it under Incoming Webhooks and add a new one.",
        "Read the workspace's access logs for what was read with it.",
    ),
    "stripe": (
        "Dashboard, Developers, API keys: roll the key, at once and without a period of grace. "
        "Webhook secret: roll it on the endpoint's page.",
        "Check payments, refunds, payouts and new webhook endpoints since the leak.",
    ),
    "hashicorp": (
        "Vault: vault token revoke with the token or its accessor; its children end with it. "
        "Terraform Cloud: delete it under the user's or team's tokens.",
        "Rotate what the token could read, and read the audit device's log for it.",
    ),
    "cloudflare": (
        "My Profile, API Tokens: roll the token; the global key is changed there too and is better "
        "replaced by a token with few permissions.",
        "Read the account's audit log: DNS records, workers, members.",
    ),
    "digitalocean": (
        "API, Tokens: delete it and make one with an end date and few scopes.",
        "Look for droplets, keys and spaces that are not yours.",
    ),
    "heroku": (
        "Account settings: regenerate the API key; other tokens with heroku authorizations:revoke.",
        "Rotate the config vars of every app it could read.",
    ),
    "atlassian": (
        "Account settings, Security, API tokens: revoke it and make a new one.",
        "Read the organisation's audit log, and change what stood in the pages and issues it read.",
    ),
    "telegram": ("Send /revoke to BotFather and choose the bot: the old token ends at once.",),
    "discord": (
        "Developer portal, Bot: reset the token. Webhook: delete it in the channel's settings.",
        "Read the server's audit log.",
    ),
    "openai": ("Delete the key under API keys, make one for each project, and set a budget.",),
    "anthropic": ("Disable or delete the key in the console, make a new one, check the usage.",),
    "huggingface": ("Settings, Access Tokens: invalidate it, and make a read-only one.",),
    "sendgrid": (
        "Settings, API Keys: delete it and make one that may only send.",
        "Look at the mail sent since, and at new senders.",
    ),
    "twilio": (
        "API key: delete it. Auth token: make a secondary one, deploy it, promote it.",
        "Look at calls, messages and costs since.",
    ),
    "datadog": ("Organization settings, API keys or application keys: revoke it.",),
    "sentry": ("Settings, Auth Tokens: revoke it and make one with few scopes.",),
    "grafana": ("Administration, Service accounts: delete the token, add one with a lower role.",),
    "tailscale": (
        "Admin console, Settings, Keys: revoke it.",
        "Remove machines that you do not know, and make the next key single-use or short-lived.",
    ),
    "databricks": ("User settings, Access tokens: revoke it; prefer a service principal.",),
    "okta": ("Security, API, Tokens: revoke it, and read the system log for what it did.",),
}
_KINDS: Final[dict[str, tuple[str, ...]]] = {
    "private-key": (
        "Find out what trusts it: authorized_keys and deploy keys, a certificate, a signing key.",
        "Make a new pair and replace the public half there; do not copy the new private half into "
        "an image.",
        "Certificate: have its authority revoke it. Signing key: revoke it and sign again.",
        "Read the logs of the hosts that trusted it.",
    ),
    "putty-key": (
        "Make a new pair, replace the public half in every authorized_keys, remove the old one.",
        "Read the logs of the hosts that trusted it.",
    ),
    "jwt": (
        "End the session it belongs to; where tokens cannot be taken back, change the signing key.",
        "Look for its use since, by its subject and address.",
    ),
    "password-hash": (
        "Change the password: a hash can be tried against lists for as long as anybody likes.",
    ),
    "key-store": (
        "Treat every private key in it as known: the store's password can be guessed at leisure.",
        "Make new keys, have certificates issued again and the old ones revoked.",
    ),
}
_KINDS["scrambled-password"] = _KINDS["typed-password"] = _KINDS["command-password"] = (
    "Change the password on the server that checks it, for every account that shares it.",
    "Give the program its password as a file or from its standard input: what stands on a command "
    "line is seen in the list of processes too.",
    "Read that server's log for logins from addresses you do not know.",
)
_KINDS["ldap-password-hash"] = _KINDS["password-hash"]
_PASSWORD: Final = (
    "Change the password on the server that checks it, for every account that shares it.",
    "Deploy the new one as a mounted secret or from the environment of the run, not of the image.",
    "Read that server's log for logins from addresses you do not know.",
)
OUT_OF_THE_IMAGE: Final = (
    "Take it out of the build: a secret mount (RUN --mount=type=secret), or a stage that does not "
    "ship; a later RUN that deletes it leaves it in the layer below.",
    "Delete the pushed images and caches that hold it, after it is revoked: copies stay elsewhere.",
)


def checklist(secret: Secret) -> tuple[str, ...]:
    """The steps for one secret, first to last."""
    return (*at_provider(secret), *OUT_OF_THE_IMAGE)


def at_provider(secret: Secret) -> tuple[str, ...]:
    """The steps that make it worthless, without those that take it out of the image."""
    kind = format_by_id(secret.rule)
    if secret.rule in _KINDS:
        return _KINDS[secret.rule]
    if kind is None or not kind.provider:
        return _PASSWORD
    known = _PROVIDERS.get(kind.provider)
    if known is not None:
        return known
    return (
        secret.rotate,
        f"Deploy the new {kind.title} as a mounted secret or from the environment of the run, with "
        "the fewest rights that do.",
        f"Look through the account at {kind.provider} for what was done with the old one.",
    )
