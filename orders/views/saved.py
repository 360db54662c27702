"""The filters that somebody keeps: saving what the list is narrowed down to, renaming, deleting."""

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from foundation.actors import Permission
from foundation.errors import Forbidden, Refusal
from orders.forms import FilterNameForm
from orders.models import SavedFilter
from orders.saved_filters import (
    delete_filter,
    find_filter,
    own_filters,
    rename_filter,
    save_filter,
)
from orders.views.selecting import Asked
from organisations.visit import SHOWS, Visit, staff_page


@staff_page(Permission.SEE_ORDERS, methods=SHOWS)
def filters(visit: Visit) -> HttpResponse:
    return visit.page("orders/filters.html", here="orders", saved=list(own_filters(visit.actor)))


@staff_page(Permission.SEE_ORDERS)
def new_filter(visit: Visit) -> HttpResponse:
    """Ask for a name for what the address asks for; what was searched for is not kept."""
    asked = Asked(visit)
    form = FilterNameForm(visit.request.POST if visit.is_answered else None)

    def save() -> HttpResponse:
        save_filter(form.cleaned_data["name"], asked.filters.answers, actor=visit.actor)
        messages.success(visit.request, "The filter is saved.")
        return redirect(asked.without_search)

    return _ask(
        visit,
        form,
        save,
        title="Save these filters",
        active=asked.active,
        back_url=asked.without_search,
    )


@staff_page(Permission.SEE_ORDERS)
def rename(visit: Visit, filter_id: UUID) -> HttpResponse:
    saved = _find(visit, filter_id)
    sent = visit.request.POST if visit.is_answered else None
    form = FilterNameForm(sent, initial={"name": saved.name})

    def save() -> HttpResponse:
        rename_filter(saved, form.cleaned_data["name"], actor=visit.actor)
        messages.success(visit.request, "The filter is renamed.")
        return redirect("orders:filters")

    return _ask(visit, form, save, title="Rename the filter", back_url=reverse("orders:filters"))


@staff_page(Permission.SEE_ORDERS)
def delete(visit: Visit, filter_id: UUID) -> HttpResponse:
    saved = _find(visit, filter_id)
    if not visit.is_answered:
        return visit.page("orders/filter_delete.html", here="orders", saved=saved)
    delete_filter(saved, actor=visit.actor)
    messages.success(visit.request, "The filter is deleted.")
    return redirect("orders:filters")


@staff_page(Permission.SEE_ORDERS, methods=SHOWS)
def open_filter(visit: Visit, filter_id: UUID) -> HttpResponse:
    """To the list, narrowed down as it was saved."""
    saved = _find(visit, filter_id)
    return redirect(f"{reverse('orders:list')}?{urlencode(saved.answers)}")


def _find(visit: Visit, filter_id: UUID) -> SavedFilter:
    saved = find_filter(filter_id, actor=visit.actor)
    if saved is None:
        raise Http404
    return saved


def _ask(
    visit: Visit,
    form: FilterNameForm,
    save: Callable[[], HttpResponse],
    **shown: object,
) -> HttpResponse:
    """Show the question for a name; save it when the answer will do."""
    if visit.is_answered and form.is_valid():
        try:
            return save()
        except Forbidden:
            raise
        except Refusal as refusal:
            form.add_refusal(refusal)
    status = 422 if visit.is_answered else 200
    return visit.page("orders/filter_name.html", status=status, here="orders", form=form, **shown)
