"""Pages of the admin that are one form of ours, not a form of a model; and the page on which a
secret is shown for the only time.
"""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers


def form_page(
    page: Any, request: HttpRequest, form: forms.BaseForm, **context: Any
) -> TemplateResponse:
    """The form on a page of this HouseAdmin: 422 when an answer will not do.

    `title`, `submit` (the button's words) and `back` (where "Cancel" leads) are needed; `row` is
    what the page is about; `template` and `status` may be other ones.
    """
    request.current_app = page.admin_site.name
    return TemplateResponse(
        request,
        context.pop("template", "admin/house/form_page.html"),
        {
            **page.admin_site.each_context(request),
            "opts": page.opts,
            "original": context.get("row"),
            "subtitle": None,
            "form": form,
            **context,
        },
        status=context.pop("status", 422 if form.errors else 200),
    )


def secret_page(page: Any, request: HttpRequest, **context: Any) -> TemplateResponse:
    """Shows `parts`, pairs of a name and a value that nobody can see again; nothing keeps it."""
    request.current_app = page.admin_site.name
    response = TemplateResponse(
        request,
        "admin/house/secret_page.html",
        {
            **page.admin_site.each_context(request),
            "opts": page.opts,
            "original": context.get("row"),
            "subtitle": None,
            **context,
        },
    )
    add_never_cache_headers(response)
    return response
