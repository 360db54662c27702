"""The door of every staff page: who may come in, for which account, and in which time zone they
read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from foundation.actors import Actor, Door, Permission
from foundation.errors import Forbidden, NotFound
from organisations.actors import acting
from organisations.models import Account

Given = ParamSpec("Given")
SHOWS: Final = ("GET", "HEAD")
ASKS_AND_ANSWERS: Final = (*SHOWS, "POST")


@dataclass(frozen=True)
class Visit:
    """One request of somebody who works in a clinic."""

    request: HttpRequest
    actor: Actor
    account: Account

    @property
    def is_answered(self) -> bool:
        """Something was sent, not only asked for."""
        return self.request.method == "POST"

    def may(self, permission: Permission) -> bool:
        return self.actor.may(permission)

    def back_to(self, page: str) -> str:
        """The list of this name; as it was looked at, with its filters and its place, when that is
        where the visitor comes from.
        """
        before, there = self.request.headers.get("Referer", ""), reverse(page)
        if not url_has_allowed_host_and_scheme(before, self.request.get_host()):
            return there
        parts = urlsplit(before)
        return f"{there}?{parts.query}" if parts.path == there and parts.query else there

    @property
    def menu(self) -> dict[str, Any]:
        """What `base.html` needs to know for the top of a page."""
        return {
            "header_account": self.account.name,
            "is_test_account": self.account.is_test,
            "may_simulate": self.account.is_test and self.may(Permission.SIMULATE),
            "may_place": self.may(Permission.PLACE_ORDERS),
            "may_order_supplies": self.may_order_supplies,
            "may_see_patients": self.may(Permission.SEE_PATIENTS),
            "may_see_studies": self.may(Permission.SEE_STUDIES),
            "may_review": self.may(Permission.REVIEW_RESULTS),
            "may_verify": self.may(Permission.VERIFY_REFERRALS),
            "may_manage_team": self.may(Permission.MANAGE_TEAM),
            "may_manage_integrations": self.may(Permission.MANAGE_INTEGRATIONS)
            and self.actor.sees_all_organisations,
        }

    @property
    def may_order_supplies(self) -> bool:
        """Supplies are no organisation's, so only members for all of them see such an order."""
        return self.may(Permission.PLACE_ORDERS) and self.actor.sees_all_organisations

    def page(self, template: str, *, status: int = 200, **shown: Any) -> HttpResponse:
        return render(self.request, template, shown | self.menu, status=status)


View = Callable[Concatenate[Visit, Given], HttpResponse]
Answer = Callable[Concatenate[HttpRequest, Given], HttpResponse]


def staff_page(
    needs: Permission, *, methods: Sequence[str] = ASKS_AND_ANSWERS
) -> Callable[[View[Given]], Answer[Given]]:
    """Let clinic people with this permission in, as long as their account is open; the operator's
    people have the admin instead.

    What is on these pages is about patients, so no browser and no proxy keeps them.
    """

    def guard(view: View[Given]) -> Answer[Given]:
        @never_cache
        @require_http_methods(list(methods))
        @wraps(view)
        def answer(request: HttpRequest, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(_where_to_go_on(request, methods))
            actor = acting(request, door=Door.STAFF)
            if actor.sees_all_accounts:
                return redirect("admin:index")
            try:
                actor.must(needs)
                account = Account.objects.get(pk=actor.one_account)
                if not account.is_active:
                    return render(request, "organisations/closed.html", status=403)
                with timezone.override(account.time_zone):
                    return view(Visit(request, actor, account), *args, **kwargs)
            except Forbidden:
                raise PermissionDenied from None
            except NotFound:
                raise Http404 from None

        return answer

    return guard


def _where_to_go_on(request: HttpRequest, methods: Sequence[str]) -> str:
    """The page for whoever has signed in. What they had sent is not sent again, so an address that
    shows nothing leads to the page with its button, as far as the browser tells.
    """
    if "GET" in methods:
        return request.get_full_path()
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, request.get_host()):
        return reverse("home")
    return urlsplit(before)._replace(scheme="", netloc="").geturl()
