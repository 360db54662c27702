"""The admin's site: who is let in, and who acts in it. `portal.admin` has its side bar."""

from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.sites import UnfoldAdminSite

from foundation.actors import Actor, Door, Permission
from foundation.admin import HouseAdmin
from organisations.actors import acting
from portal import working
from portal.queues import counted_queues
from portal.sign_in.pages import sign_out
from webhooks.health import backlog


class HomewardSite(UnfoldAdminSite):
    """Only for the operator's people (`User.is_staff`), who come in by everybody's sign-in."""

    index_title = "Today"
    index_template = "admin/house/index.html"

    def actor_of(self, request: HttpRequest) -> Actor:
        return acting(request, door=Door.ADMIN)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Pages tell the time of the operator's own clock."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def in_their_time(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with timezone.override(_time_zone_of(request)):
                answer: HttpResponse = guarded(request, *args, **kwargs)
                # Here, because a page is otherwise drawn when the clock is set back already.
                return answer.render() if isinstance(answer, SimpleTemplateResponse) else answer

        return in_their_time

    def register(self, models_: Any, admin_class: Any = None, **options: Any) -> None:
        """Other packages' pages stay out: they would look broken and ask nobody's permission."""
        if admin_class and issubclass(admin_class, HouseAdmin):
            super().register(models_, admin_class, **options)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one sign-in, and its tries are counted."""
        if not request.user.is_authenticated:
            wanted = request.GET.get("next") or reverse("admin:index")
            return redirect_to_login(wanted, resolve_url("account_login"))
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return sign_out(request) if request.method == "POST" else redirect("account_login")

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        actor = self.actor_of(request)
        shown: dict[str, Any] = {"queues": counted_queues(actor)}
        if actor.may(Permission.MANAGE_INTEGRATIONS):
            shown |= {"load": working.load(), "backlog": backlog(), "runs": working.last_runs()}
        return super().index(request, {**(extra_context or {}), **shown})

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Not offered: it would carry what is searched for in the address."""
        raise Http404

    def get_urls(self) -> list[Any]:
        """Without Django's way to an object's own page: no object has one, and it needs a table of
        sites that is not here.
        """
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Not offered, for the same reason."""
        raise Http404


def _time_zone_of(request: HttpRequest) -> str | None:
    membership = getattr(request.user, "membership", None)
    return membership.account.time_zone if membership else None
