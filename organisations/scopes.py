"""Which scopes a client may be given: those granted to it, and no default beyond them."""

from typing import Any

from oauth2_provider.scopes import BaseScopes

from organisations.roles import SCOPES_OF_CLIENTS, choices_among


class ClientScopes(BaseScopes):
    def get_all_scopes(self) -> dict[str, str]:
        return dict(choices_among(SCOPES_OF_CLIENTS))

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return list(application.scopes) if application else []

    def get_default_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        """A token request that names no scope is given all that the client has."""
        return self.get_available_scopes(application=application)
