"""The house's own ModelAdmin and inline: every page of the admin is one of these. They are guarded,
sign the history of what they write, and never answer 500 to somebody else's number.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import capfirst
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from foundation.admin.forms import RowForm, SeveralField
from foundation.admin.guard import Guarded
from foundation.admin.history import history_page
from foundation.history import sign_history

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, TabularInline
    from django.forms.models import BaseInlineFormSet

    AnyModelAdmin = ModelAdmin[Any]
    AnyInline = TabularInline[Any, Any]
    AnyFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    from unfold.admin import ModelAdmin as AnyModelAdmin
    from unfold.admin import TabularInline as AnyInline

    AnyFormSet = PaginationInlineFormSet


ASKED_BY_FILTERS: Final = ("", "__exact", "__id__exact", "__isnull", "__gte", "__lt")


class SeveralChoices:
    """A column with several of some choices is a group of boxes, and is shown in words."""

    def formfield_for_dbfield(
        self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if labels_of(db_field):
            return SeveralField(
                label=capfirst(db_field.verbose_name),
                choices=list(labels_of(db_field).items()),
                required=not db_field.blank,
                help_text=db_field.help_text,
                widget=UnfoldAdminCheckboxSelectMultipleWidget,
            )
        # The class beside it in the admin has the method; the types of a mixin cannot say so.
        field: forms.Field | None = super().formfield_for_dbfield(  # type: ignore[misc]
            db_field, request, **kwargs
        )
        return field


class HouseAdmin(Guarded, SeveralChoices, AnyModelAdmin):
    """What is settled when a row is made stands in `fixed`; `secret` is left out of its history."""

    form = RowForm
    view_on_site = False
    fixed: ClassVar[tuple[str, ...]] = ()
    secret: ClassVar[tuple[str, ...]] = ()
    # Reverse names of rows that belong to this one, whose history is told with its own.
    history_of: ClassVar[tuple[str, ...]] = ()
    # A person's name should not stay behind in the browser's history.
    named_in_title: ClassVar[bool] = True
    list_per_page = 50
    compressed_fields = True
    warn_unsaved_form = True

    def __init__(self, model: type[models.Model], admin_site: Any) -> None:
        super().__init__(model, admin_site)
        columns = model._meta.concrete_fields
        self.readonly_preprocess_fields = {
            column.name: in_words(labels_of(column)) for column in columns if labels_of(column)
        }

    @property
    def keeps_history(self) -> bool:
        return hasattr(self.model, "history")

    def record_shown(self, request: HttpRequest, row: Any, what: str) -> None:
        """Leave a row in the access log, if it is a patient who is shown."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """No more than the actor may see, where the rows know who may see them."""
        rows: Any = super().get_queryset(request)
        visible: models.QuerySet[Any] = (
            rows.visible_to(self.actor(request)) if hasattr(rows, "visible_to") else rows
        )
        return visible

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        return (*super().get_readonly_fields(request, obj), *(self.fixed if obj else ()))

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """The row; what is not there is not found, and who may not look learns neither."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        row = super().get_object(request, object_id, from_field)
        if row is None:
            raise Http404
        return row

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the filters of the page ask for: no guessing at columns by the address, nor at
        those of what a filter points at.
        """
        if "\x00" in value:  # which no column can hold, and the database answers with a fault
            return False
        offered = [_name_of(one) for one in self.get_list_filter(request)]
        return any(lookup == name + tail for name in offered for tail in ASKED_BY_FILTERS)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        def change() -> HttpResponse:
            with transaction.atomic():
                sign_history(self.actor(request))
                return super(HouseAdmin, self).changeform_view(
                    request, object_id, form_url, extra_context
                )

        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        try:
            return change()
        except IntegrityError:
            # Somebody saved the same a moment ago; now the form's own checks find it.
            return change()

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if not self.named_in_title:
            context["subtitle"] = None
        context["show_history"] = self.keeps_history
        response = super().render_change_form(request, context, add, change, form_url, obj)
        if context["errors"]:
            response.status_code = 422
        if obj is not None:
            self.record_shown(request, obj, f"{self.opts.model_name} page")
        return response

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if not self.keeps_history:
            raise Http404
        self.record_shown(request, row, f"{self.opts.model_name} history")
        return history_page(self, request, row)

    # Whatever Django gives them, they write nothing.
    def log_addition(self, *args: Any) -> None:  # type: ignore[override]  # takes anything
        """Nothing: triggers keep the history, and a second diary could only disagree."""

    def log_change(self, *args: Any) -> None:  # type: ignore[override]  # as above
        """Nothing, as above."""


class LabelledFormSet(AnyFormSet):
    """Each box of a table says which column and row it is in: it has no label of its own."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        row = "new row" if index is None else f"row {index + 1}"
        for field in form.fields.values():
            # A select comes in a wrapper whose attributes are another form's.
            widget = getattr(field.widget, "widget", field.widget)
            widget.attrs["aria-label"] = f"{field.label}, {row}"


class HouseInline(Guarded, SeveralChoices, AnyInline):
    """Rows on the page of the row they belong to; `removable` ones may be taken out."""

    formset = LabelledFormSet
    form = RowForm
    extra = 0
    removable: ClassVar[bool] = False
    hide_title = True  # the cells say it all
    tab = True

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.removable and self.has_change_permission(request, obj)

    def offered(self, name: str, rows: models.QuerySet[Any], parent: Any) -> models.QuerySet[Any]:
        """The rows that the column may point at, for a parent that is None when it is new."""
        return rows

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Choices are read once a request, not once for every row of the table."""
        formset: Any = super().get_formset(request, obj, **kwargs)
        read: dict[Any, Any] = request.__dict__.setdefault("_choices_read", {})
        for name, field in formset.form.base_fields.items():
            if isinstance(field, forms.ModelChoiceField) and name != formset.fk.name:
                assert field.queryset is not None
                field.queryset = self.offered(name, field.queryset, obj)
                key = (type(self), name)
                # An iterator, because a list would count the rows first. Of a queryset's field the
                # choices are never a function, as they may be of others.
                read[key] = read.get(key) or list(iter(field.choices))  # type: ignore[arg-type]
                field.choices = read[key]
        return formset


def labels_of(column: Any) -> dict[str, str]:
    """The choices of a column that holds several of them; empty for every other column."""
    if isinstance(column, ArrayField):
        return dict(column.base_field.choices or ())
    return {}


def in_words(labels: dict[str, str]) -> Callable[[str], str]:
    """Turns `neck, oximeter` into the words for it."""
    return lambda text: ", ".join(labels.get(one, one) for one in str(text).split(", "))


def _name_of(list_filter: Any) -> str:
    if isinstance(list_filter, tuple):
        return str(list_filter[0])
    return str(getattr(list_filter, "parameter_name", list_filter))
