"""Rows that are made and changed by commands: the pages that ask for what one command needs, and
the page that shows a secret for the only time.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from foundation.admin.house import HouseAdmin
from foundation.admin.pages import form_page, secret_page
from foundation.errors import Forbidden, Refusal
from foundation.forms import StaffForm
from foundation.once import OnceForm

MADE_ALREADY = (
    "It was made already, and its secret was shown then. If nobody saw it, replace the secret."
)
Parts = list[tuple[str, str]]


class NoForm(StaffForm):
    """A page with nothing but its button."""


class AskingAdmin(HouseAdmin):
    """Each button on the page of a row leads to a page that asks for what one command needs."""

    def idle_buttons(self, row: Any) -> set[str]:
        """The buttons that would change nothing now."""
        return set()

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Only what would change something."""
        idle = self.idle_buttons(self.get_object(request, object_id))
        prefix = f"{self.opts.app_label}_{self.opts.model_name}_"
        offered = super().get_actions_detail(request, object_id)  # type: ignore[misc]  # the theme's
        return [one for one in offered if one.action_name.removeprefix(prefix) not in idle]

    def ask(
        self,
        request: HttpRequest,
        form: StaffForm,
        does: Callable[[], HttpResponse],
        **context: Any,
    ) -> HttpResponse:
        """Show the form (`form_page` says what `context` is); when it was answered do it, and say
        on the form what the command refuses.
        """
        if form.is_valid():
            try:
                return does()
            except Forbidden:
                raise PermissionDenied from None
            except Refusal as refusal:
                form.add_refusal(refusal)
        if "row" in context:
            context["back"] = self.page("change", context["row"].pk)
        return form_page(self, request, form, **context)

    def confirm(
        self,
        request: HttpRequest,
        row: Any,
        does: Callable[[], object],
        *,
        done: str,
        **context: Any,
    ) -> HttpResponse:
        """Ask with nothing but a button; when it was pressed do it, and say that it is `done`."""

        def do() -> HttpResponse:
            does()
            return self.go_back(request, row, done)

        return self.ask(request, NoForm(sent(request)), do, row=row, **context)

    def go_back(self, request: HttpRequest, row: Any, words: str) -> HttpResponse:
        """To the page of the row, where it is said what was done."""
        messages.info(request, words)
        return HttpResponseRedirect(self.page("change", row.pk))

    def show_once(
        self,
        request: HttpRequest,
        form: OnceForm,
        draw: Callable[[], tuple[Any, Parts]],
        *,
        onward: str,
    ) -> HttpResponse:
        """Draw a secret and show it; a page that is sent again leads onward and draws none."""
        with form.sending(actor=self.actor(request)) as is_first:
            if is_first:
                return self.show(request, *draw())
        messages.warning(request, MADE_ALREADY)
        return HttpResponseRedirect(onward)

    def show(self, request: HttpRequest, row: Any, parts: Parts) -> HttpResponse:
        return secret_page(
            self,
            request,
            row=row,
            title=f"The secret of {row}",
            parts=parts,
            onward=self.page("change", row.pk),
        )

    def page(self, name: str, *args: object) -> str:
        """The address of one of this model's pages."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)


def sent(request: HttpRequest) -> Any:
    """What the form of the page was filled in with."""
    return request.POST if request.method == "POST" else None
