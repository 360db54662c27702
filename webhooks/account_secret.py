"""The secret that an account chooses for all its messages of API v3 (contracts/v3.md section 3.9).
What is set, replaced or removed here counts from the next message on.
"""

import re
from typing import Final

from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor
from foundation.constraints import insert_or_none
from foundation.history import sign_history
from webhooks.endpoints import answer_for
from webhooks.errors import SecretIsSet, SecretNotSet, SecretUnusable
from webhooks.models import AccountSecret
from webhooks.secrets import seal_shown, unseal_shown

# What goes as a header unchanged.
SECRET: Final = re.compile(r"[!-~](?:[ -~]{0,253}[!-~])?", re.ASCII)


def read_account_secret(*, actor: Actor) -> str:
    """Raises Forbidden, SecretNotSet."""
    answer_for(actor.one_account, actor)
    row = AccountSecret.objects.filter(account=actor.one_account).first()
    if row is None:
        raise SecretNotSet
    return unseal_shown(row.secret)


@transaction.atomic
def set_account_secret(secret: str, *, actor: Actor) -> None:
    """Raises Forbidden, SecretUnusable, SecretIsSet."""
    answer_for(actor.one_account, actor)
    _check(secret)
    sign_history(actor)
    row = AccountSecret(account_id=actor.one_account, secret=seal_shown(secret))
    if insert_or_none(row) is None:
        raise SecretIsSet(field="secret")


@transaction.atomic
def replace_account_secret(secret: str, *, actor: Actor) -> None:
    """Raises Forbidden, SecretUnusable, SecretNotSet."""
    answer_for(actor.one_account, actor)
    _check(secret)
    sign_history(actor)
    row = _locked(actor)
    row.secret, row.set_at = seal_shown(secret), timezone.now()
    row.save(update_fields=["secret", "set_at"])


@transaction.atomic
def remove_account_secret(*, actor: Actor) -> None:
    """Raises Forbidden, SecretNotSet."""
    answer_for(actor.one_account, actor)
    sign_history(actor)
    _locked(actor).delete()


def _locked(actor: Actor) -> AccountSecret:
    rows = AccountSecret.objects.select_for_update(of=("self",))
    found = rows.filter(account=actor.one_account).first()
    if found is None:
        raise SecretNotSet
    return found


def _check(secret: str) -> None:
    if not SECRET.fullmatch(secret):
        raise SecretUnusable(field="secret")
