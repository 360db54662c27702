"""Who may see and change what in the admin: each page says which permission it needs, and asks the
request's actor for it. What a role may do stands in `organisations.roles`.
"""

from typing import Any, ClassVar, Protocol

from django.db import models
from django.http import HttpRequest

from foundation.actors import Actor, Permission


class Site(Protocol):
    """What our pages ask of the admin's site, which the portal provides."""

    def actor_of(self, request: HttpRequest) -> Actor: ...


class Guarded:
    """Pages or inlines that need one of `to_see`, and to write one of `to_change`.

    Nothing is deleted by hand: what ends is switched off, and its history stays.
    """

    to_see: ClassVar[tuple[Permission, ...]]
    to_change: ClassVar[tuple[Permission, ...]] = ()
    admin_site: Any

    def actor(self, request: HttpRequest) -> Actor:
        site: Site = self.admin_site
        return site.actor_of(request)

    def may(self, request: HttpRequest, *permissions: Permission) -> bool:
        return any(self.actor(request).may(one) for one in permissions)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.may(request, *self.to_see)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.may(request, *self.to_change)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.may(request, *self.to_change)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, *self.to_see)
