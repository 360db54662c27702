"""How to get into the demo: sign-ins, clients and keys, kept in `var/demo.json` for scripts."""

import json
import os
from pathlib import Path
from typing import Any

from django.utils import timezone

from foundation.actors import Actor
from foundation.text import crockford
from organisations.integrations import create_api_client, create_api_key, replace_client_secret
from organisations.invitations import invite
from organisations.models import Account, ApiClient, ApiKey, Invitation, KeyPurpose
from organisations.roles import SCOPES_OF_CLIENTS, SCOPES_OF_THE_GATEWAY, Role
from organisations.wanted import AccessWanted
from portal.demo.world import PEOPLE, World

CLIENT_NAME = "Demo integration"
INVITED = "invited.colleague@demo.example"
PRINTED = (
    "clinic_staff",
    "clinic_manager",
    "clinician",
    "sandbox_staff",
    "operator",
    "account_manager",
    "administrator",
)


def remembered(path: Path) -> dict[str, Any]:
    """What the last run wrote; empty when there was none or it cannot be read."""
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError):
        return {}


def remember(path: Path, access: dict[str, Any]) -> None:
    """Write the file so that only its owner can read it, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(access, file, indent=2)
    draft.replace(path)


def password_of(access: dict[str, Any]) -> str | None:
    """The password of the last run."""
    return access.get("users", {}).get("clinic_staff", {}).get("password")


def new_password() -> str:
    """Drawn for each demo: nobody else's has the same."""
    return f"demo-{crockford(4)}-{crockford(4)}".lower()


def grant_access(
    world: World, *, base_url: str, password: str, last: dict[str, Any], actor: Actor
) -> dict[str, Any]:
    """Everything a person or a script needs to get in, in the shape of `var/demo.json`."""
    first = _machines(world.clinic, base_url, last, actor)
    second = _machines(world.second_clinic, base_url, last.get("second_account", {}), actor)
    return {
        "base_url": base_url,
        **first,
        "second_account": second,
        "gateway": {"api_key": _gateway_key(world.operator, last.get("gateway", {}), actor)},
        "sandbox": _sandbox(world, base_url, password, last.get("sandbox", {}), actor),
        "users": {one.key: {"email": one.email, "password": password} for one in PEOPLE},
    }


def invite_somebody_once(*, actor: Actor) -> None:
    """Somebody who has not accepted yet, so that a manager sees what that looks like."""
    if not Invitation.objects.filter(account_id=actor.one_account, email=INVITED).exists():
        invite(INVITED, AccessWanted(roles=(Role.CLINIC_STAFF,)), actor=actor)


def _machines(
    account: Account, base_url: str, last: dict[str, Any], actor: Actor
) -> dict[str, Any]:
    organisation = account.organisations.order_by("pk").first()
    assert organisation is not None
    return {
        "v1": {
            "token_url": f"{base_url}/oauth2/token",
            **_client(account, last.get("v1", {}), actor),
            "organisation": {"name": organisation.name, "reference": organisation.reference},
        },
        "v3": {"api_key": _key(account, last.get("v3", {}), actor)},
    }


def _sandbox(
    world: World, base_url: str, password: str, last: dict[str, Any], actor: Actor
) -> dict[str, Any]:
    """The test account: its number for the gateway, a client of API v1, and who signs in."""
    machines = _machines(world.sandbox, base_url, last, actor)
    (user,) = (one for one in PEOPLE if one.account == "sandbox")
    return {
        "account": world.sandbox.pk,
        "account_name": world.sandbox.name,
        **machines,
        "user": {"email": user.email, "password": password},
    }


def _client(account: Account, last: dict[str, Any], actor: Actor) -> dict[str, str]:
    """The client of the last run while its secret is still known, else a new secret."""
    client = ApiClient.objects.filter(account=account, name=CLIENT_NAME).first()
    if client is None:
        client, secret = create_api_client(
            account_id=account.pk, name=CLIENT_NAME, scopes=sorted(SCOPES_OF_CLIENTS), actor=actor
        )
    elif last.get("client_id") == client.client_id and last.get("client_secret"):
        secret = last["client_secret"]
    else:
        client, secret = replace_client_secret(client, actor=actor)
    return {"client_id": client.client_id, "client_secret": secret}


def _key(account: Account, last: dict[str, Any], actor: Actor) -> str:
    known = str(last.get("api_key", ""))
    if _is_live(account, known):
        return known
    return create_api_key(account_id=account.pk, name=CLIENT_NAME, actor=actor).whole


def _gateway_key(operator: Account, last: dict[str, Any], actor: Actor) -> str:
    known = str(last.get("api_key", ""))
    if _is_live(operator, known):
        return known
    return create_api_key(
        account_id=operator.pk,
        name="Demo gateway",
        scopes=sorted(SCOPES_OF_THE_GATEWAY),
        purpose=KeyPurpose.GATEWAY,
        actor=actor,
    ).whole


def _is_live(account: Account, known: str) -> bool:
    live = ApiKey.objects.filter(account=account, prefix=known.partition(".")[0], is_active=True)
    return bool(known) and live.exclude(expires_at__lt=timezone.now()).exists()


def instructions(access: dict[str, Any]) -> str:
    """What is printed: where to go, who to be, and a call that works when pasted."""
    people = "\n".join(
        f"  {key:<16} {access['users'][key]['email']:<34} {access['users'][key]['password']}"
        for key in PRINTED
    )
    return f"""
The demo: {access["base_url"]}   (the admin: {access["base_url"]}/admin/)

Sign in as
{people}

Place an order by API v1 (paste both)
{_curl(access)}

List the orders by API v3
  curl -i '{access["base_url"]}/api/v3/order?size=5' -H 'Impilo-API-Key: {access["v3"]["api_key"]}'

Play an order of the test account by the gateway
{_play(access)}

All of this is in var/demo.json too.
"""


def _play(access: dict[str, Any]) -> str:
    body = {"account": access["sandbox"]["account"], "order": "SANDBOX-1", "until": "next"}
    return f"""  curl -i {access["base_url"]}/gateway/v1/simulate \\
    -H 'Authorization: Bearer {access["gateway"]["api_key"]}' \\
    -H 'Content-Type: application/json' -d '{json.dumps(body)}'"""


def _curl(access: dict[str, Any]) -> str:
    v1 = access["v1"]
    body = {
        "data": {
            "type": "order",
            "attributes": {
                "reference": f"TRY-{crockford(6)}",
                "shippingAddress": {
                    "lines": ["1 Test Street"],
                    "city": "London",
                    "county": "London",
                    "postcode": "SW1A 1AA",
                },
                "study": {"nights": 2, "sensors": ["neck_sensor"], "requiresPhone": False},
                "patient": {
                    "reference": "TRY-PATIENT-1",
                    "dob": "1980-02-29",
                    "name": "Test Person",
                    "email": "test@demo.example",
                    "mobileTelephone": "07911 123456",
                },
                "organisation": v1["organisation"],
            },
        }
    }
    return f"""  TOKEN=$(curl -s -u '{v1["client_id"]}:{v1["client_secret"]}' \\
    -d grant_type=client_credentials {v1["token_url"]} \\
    | sed -E 's/.*"access_token": *"([^"]+)".*/\\1/')
  curl -i {access["base_url"]}/v1/orders -H "Authorization: Bearer $TOKEN" \\
    -H 'Content-Type: application/json' -d '{json.dumps(body)}'"""
