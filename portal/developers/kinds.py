"""The two kinds of programs, and what differs between them on these pages. Each is told in an
address by what its owner knows it by, never by the number of its row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404
from django.urls import reverse

from organisations.integrations import (
    Overlap,
    create_api_client,
    create_api_key,
    replace_client_secret,
    replace_key_secret,
)
from organisations.models import ApiClient, ApiKey
from organisations.visit import Visit
from portal.developers.asking import Shown

AnyProgram = ApiClient | ApiKey


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`page` is a part of the names of its addresses, `named_by` the column that stands in them,
    and `logged_as` the column of the log that says whose a call is.
    """

    model: type[ApiClient] | type[ApiKey]
    noun: str
    page: str
    named_by: str
    logged_as: str
    has_tokens: bool
    create: Callable[..., Shown]
    replace: Callable[..., Shown]

    def programs(self, visit: Visit) -> Any:
        return self.model.objects.visible_to(visit.actor)

    def find(self, visit: Visit, name: str) -> AnyProgram:
        """The program of this name; another account's is not there."""
        found: AnyProgram | None = self.programs(visit).filter(**{self.named_by: name}).first()
        if found is None:
            raise Http404
        return found

    def name_of(self, program: AnyProgram) -> str:
        return str(getattr(program, self.named_by))

    def called(self, program: AnyProgram) -> str:
        """As people call it."""
        return program.name or self.name_of(program)

    def address(self, program: AnyProgram, page: str = "") -> str:
        """Of the program's own page, or of one of the pages that change it."""
        name = f"{page}_{self.page}" if page else self.page
        return reverse(f"developers:{name}", args=[self.name_of(program)])


def kind_of(program: AnyProgram) -> Kind:
    return CLIENTS if isinstance(program, ApiClient) else KEYS


def _create_client(visit: Visit, said: dict[str, Any]) -> Shown:
    made = create_api_client(account_id=visit.account.pk, actor=visit.actor, **said)
    return _of_client(*made)


def _replace_client(visit: Visit, client: ApiClient, overlap: Overlap) -> Shown:
    return _of_client(*replace_client_secret(client, overlap=overlap, actor=visit.actor))


def _of_client(client: ApiClient, secret: str) -> Shown:
    return _shown(client, ("Client ID", client.client_id), ("Client secret", secret))


def _create_key(visit: Visit, said: dict[str, Any]) -> Shown:
    """For API v3: the recording side's keys are the operator's to give."""
    made = create_api_key(account_id=visit.account.pk, actor=visit.actor, **said)
    return _of_key(*made)


def _replace_key(visit: Visit, key: ApiKey, overlap: Overlap) -> Shown:
    return _of_key(*replace_key_secret(key, overlap=overlap, actor=visit.actor))


def _of_key(key: ApiKey, whole: str) -> Shown:
    return _shown(key, ("API key", whole))


def _shown(program: AnyProgram, *parts: tuple[str, str]) -> Shown:
    kind = kind_of(program)
    return Shown(kind.called(program), kind.address(program), list(parts))


CLIENTS: Final = Kind(
    model=ApiClient,
    noun="API client",
    page="client",
    named_by="client_id",
    logged_as="client_id",
    has_tokens=True,
    create=_create_client,
    replace=_replace_client,
)
KEYS: Final = Kind(
    model=ApiKey,
    noun="API key",
    page="key",
    named_by="prefix",
    logged_as="key_id",
    has_tokens=False,
    create=_create_key,
    replace=_replace_key,
)
KINDS: Final = (CLIENTS, KEYS)
