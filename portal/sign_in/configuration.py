"""What the settings say about signing in, checked before anything starts. Nothing here needs
Django, because the settings read it.
"""

from typing import Any, Final

PROVIDER_ID: Final = "organisation"
ON: Final = frozenset({"1", "true", "yes", "on"})
OFF: Final = frozenset({"0", "false", "no", "off"})


def switch(name: str, text: str, *, default: bool) -> bool:
    """What the environment says, or the default when it says nothing; SystemExit for other words.

    Read by hand: a word that is not understood must not quietly switch a protection off.
    """
    said = text.strip().lower()
    if said not in ON | OFF | {""}:
        raise SystemExit(f"{name} must be 1 or 0.")
    return said in ON if said else default


def providers(
    *, server_url: str, client_id: str, client_secret: str, name: str, may_be_unencrypted: bool
) -> dict[str, Any]:
    """allauth's description of the one OpenID Connect provider; none when nothing is set.

    SystemExit when only half of it is set, or when answers could be read and forged on the way.
    """
    needed = {
        "OIDC_SERVER_URL": server_url,
        "OIDC_CLIENT_ID": client_id,
        "OIDC_CLIENT_SECRET": client_secret,
    }
    if not any([*needed.values(), name]):
        return {}
    refuse_half(needed)
    if not server_url.startswith("https://") and not may_be_unencrypted:
        raise SystemExit("OIDC_SERVER_URL must begin with https://.")
    app = {
        "provider_id": PROVIDER_ID,
        "name": name or "your organisation",
        "client_id": client_id,
        "secret": client_secret,
        "settings": {"server_url": server_url.rstrip("/"), "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}


def refuse_half(needed: dict[str, str]) -> None:
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise SystemExit(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing:"
            " OpenID Connect needs all three settings, or none of them."
        )
