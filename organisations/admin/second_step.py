"""For whoever has lost both the second step and the recovery codes: an administrator takes it off
their account, so that they can set up another.
"""

from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from foundation.actors import Actor
from foundation.admin.pages import form_page
from foundation.forms import StaffForm
from foundation.history import sign_history
from organisations.models import User


class TakeOffForm(StaffForm):
    """Who knows the password of somebody else would ask for just this."""

    is_them = forms.BooleanField(
        label="I have made sure that it is this person who asks, and not only by e-mail"
    )

    missing: ClassVar[dict[str, str]] = {"is_them": "Make sure who asks, then tick this"}


def second_step_page(page: Any, request: HttpRequest, user: User) -> HttpResponse:
    """Asks once more, then takes it off."""
    form = TakeOffForm(request.POST if request.method == "POST" else None)
    back = reverse("admin:organisations_user_change", args=[user.pk])
    if form.is_valid():
        take_off(user, actor=page.actor(request))
        messages.success(request, f"{user.email} signs in with the password alone now.")
        return HttpResponseRedirect(back)
    return form_page(
        page,
        request,
        form,
        row=user,
        title=f"Take the second step off {user.email}",
        submit="Take it off",
        back=back,
    )


@transaction.atomic
def take_off(user: User, *, actor: Actor) -> None:
    """Apps, passkeys and recovery codes are gone, and so is every session; the new number of
    sessions is what the history shows of it.
    """
    sign_history(actor)
    Authenticator.objects.filter(user=user).delete()
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
