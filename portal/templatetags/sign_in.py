"""For templates: what pages need to know about signing in."""

from django import template
from django.urls import reverse

from portal.sign_in import single_sign_on, time_out
from portal.sign_in.configuration import PROVIDER_ID

register = template.Library()


@register.simple_tag
def time_out_script() -> str:
    """The address of the script that warns before a session ends."""
    return time_out.script()


@register.simple_tag
def single_sign_on_link() -> dict[str, str]:
    """Where the provider's button leads and what it says; empty when the settings name none."""
    name = single_sign_on.provider_name()
    url = reverse("openid_connect_login", args=[PROVIDER_ID])
    return {"name": name, "url": url} if name else {}
