"""What allauth's pages have in common with all others: how they are answered, and the menu above
them.
"""

from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final, NoReturn

from allauth.account.views import logout
from allauth.core.exceptions import ReauthenticationRequired
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers

from foundation.actors import Door
from foundation.history import sign_history
from organisations.actors import acting
from organisations.models import Account, User
from organisations.visit import Visit

# Where allauth's pages are.
UNDER: Final = "accounts/"


class SignInPages:
    """A form that was sent back is answered 422, no page is kept by a browser, and the menu is
    the same as elsewhere.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if is_ours(request):
            add_never_cache_headers(answer)
        return answer

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """What somebody changes about their own account says in its history who it was.

        Who must first show again who they are is asked by allauth, which hears of it only from the
        views that Django calls. Nothing has happened by then, so Django calls this one again.
        """
        if request.method != "POST" or not is_about_oneself(request):
            return None
        with suppress(ReauthenticationRequired), transaction.atomic():
            sign_history(acting(request, door=Door.ADMIN if request.user.is_staff else Door.STAFF))
            return view(request, *args, **kwargs)
        return None

    def process_template_response(
        self, request: HttpRequest, answer: TemplateResponse
    ) -> TemplateResponse:
        if is_ours(request):
            answer.context_data = menu_of(request) | (answer.context_data or {})
            if was_sent_back(request, answer):
                answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY.value
        return answer


def is_ours(request: HttpRequest) -> bool:
    return request.path_info.strip("/").startswith(UNDER)


def is_about_oneself(request: HttpRequest) -> bool:
    """Once somebody has shown again who they are, what they had sent before is done at once."""
    match = request.resolver_match
    name = str(match.url_name) if match else ""
    is_named_so = name.startswith("mfa_") or name == "account_reauthenticate"
    return is_named_so and isinstance(request.user, User)


def was_sent_back(request: HttpRequest, answer: TemplateResponse) -> bool:
    said = answer.context_data or {}
    forms = (said.get("form"), said.get("webauthn_form"))
    return request.method == "POST" and any(form is not None and form.errors for form in forms)


def menu_of(request: HttpRequest) -> dict[str, Any]:
    """For people of a clinic; the operator's have the admin's menu."""
    visit = visit_of(request)
    return visit.menu if visit else {}


def visit_of(request: HttpRequest) -> Visit | None:
    if not isinstance(request.user, User):
        return None
    actor = acting(request, door=Door.STAFF)
    account = Account.objects.filter(pk=actor.account_id or 0).first()
    return Visit(request, actor, account) if account else None


def sign_out(request: HttpRequest) -> HttpResponse:
    """After it, the browser keeps nothing of what it was shown."""
    answer: HttpResponse = logout(request)
    if request.method == "POST":
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def no_addresses_to_manage(request: HttpRequest, key: str = "") -> NoReturn:
    """allauth lets people collect and confirm addresses to sign in with. Here everybody has one,
    nobody is asked to confirm it, and only the operator can change it.
    """
    raise Http404
