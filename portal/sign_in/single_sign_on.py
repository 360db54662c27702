"""Signing in with the provider that the settings name, by OpenID Connect. It opens no account: it
is another key to one that is there.
"""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.openid_connect import views
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from requests import RequestException

from organisations.models import User
from portal.sign_in import limits

log = logging.getLogger(__name__)

# What allauth raises at a provider that does not answer, or answers what no provider should.
FAULTS: Final = (
    RequestException,
    ImproperlyConfigured,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
)

NO_ADDRESS: Final = (
    "It did not vouch for an email address of yours. Ask those who look after it to have your"
    " address verified, or sign in with your password."
)
UNKNOWN: Final = (
    "Nobody signs in here with the email address that it told us. If you were invited with it, open"
    " the link in that email first. Otherwise the manager of your clinic can invite you."
)
SOMEBODY_ELSE: Final = (
    "Your email address belongs to another of its accounts here. Sign in with your password, and"
    " tell the manager of your clinic."
)
NOT_NOW: Final = "It did not answer as it should. Try again later, or sign in with your password."
TOO_MANY: Final = "There were too many tries. Wait a few minutes, then try again."


class Unwelcome(Exception):
    """Why somebody whom the provider knows is not let in; the message is for them."""


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Lets in who is known here already, by an address that the provider vouches for."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        try:
            user = whose(sociallogin.account, claims_of(sociallogin.account))
        except Unwelcome as refusal:
            log.warning("Single sign-on refused: %s", refusal)
            answer = not_signed_in(request, str(refusal), status=HTTPStatus.FORBIDDEN)
            raise ImmediateHttpResponse(answer) from None
        if not sociallogin.is_existing:
            sociallogin.user = sociallogin.account.user = user
            sociallogin.account.save()

    def on_authentication_error(self, request: HttpRequest, *args: Any, **facts: Any) -> None:
        log.warning("Single sign-on failed: %s", type(facts.get("exception")).__name__)


def claims_of(account: SocialAccount) -> Mapping[str, Any]:
    """What the provider says of the person, when all that it says is of one person."""
    said = account.extra_data
    token, asked = said.get("id_token"), said.get("userinfo")
    if not token or not asked or token.get("sub") != asked.get("sub"):
        raise Unwelcome(NOT_NOW)
    if not isinstance(asked["sub"], str):
        raise Unwelcome(NOT_NOW)
    claims: Mapping[str, Any] = asked
    return claims


def whose(account: SocialAccount, claims: Mapping[str, Any]) -> User:
    """The user with the address that was vouched for; always the same of the provider's accounts,
    because an address can be given to somebody else.
    """
    address = claims.get("email")
    if not isinstance(address, str) or claims.get("email_verified") is not True:
        raise Unwelcome(NO_ADDRESS)
    user = User.objects.filter(email=address.lower(), is_active=True).first()
    if user is None:
        raise Unwelcome(UNKNOWN)
    linked = SocialAccount.objects.filter(user=user, provider=account.provider)
    if linked.exclude(uid=account.uid).exists() or account.user_id not in {None, user.pk}:
        raise Unwelcome(SOMEBODY_ELSE)
    return user


def told_when_it_fails(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A provider that is away, or answers nonsense, is no fault of the program."""

    @never_cache
    @require_safe
    def answer(request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            return view(request, provider_id)
        except SocialApp.DoesNotExist:
            raise Http404 from None
        except FAULTS as fault:
            log.warning("Single sign-on failed: %s", type(fault).__name__)
            return not_signed_in(request, NOT_NOW, status=HTTPStatus.BAD_GATEWAY)

    return answer


@told_when_it_fails
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider's own page. Of the address only where to go afterwards is taken."""
    provider = get_adapter().get_provider(request, provider_id)
    if not limits.may_ask_provider(request):
        return not_signed_in(request, TOO_MANY, status=HTTPStatus.TOO_MANY_REQUESTS)
    answer: HttpResponse = provider.redirect(
        request, AuthProcess.LOGIN, next_url=get_next_redirect_url(request)
    )
    return answer


@told_when_it_fails
def finish(request: HttpRequest, provider_id: str) -> HttpResponse:
    answer: HttpResponse = views.callback(request, provider_id)
    return answer


def not_signed_in(request: HttpRequest, words: str, *, status: HTTPStatus) -> HttpResponse:
    shown = {"words": words}
    return render(request, "socialaccount/authentication_error.html", shown, status=status)


def provider_name() -> str:
    """As the settings call it; empty when they name none."""
    apps = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    return apps[0]["name"] if apps else ""
