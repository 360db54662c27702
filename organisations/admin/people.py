"""People who sign in, and what they may do here."""

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import action
from unfold.widgets import UnfoldAdminPasswordWidget

from foundation.actors import Permission
from foundation.admin import HouseAdmin, HouseInline, LabelledFormSet, RowForm
from foundation.admin.guard import Guarded
from foundation.admin.house import SeveralChoices
from foundation.admin.pages import form_page
from foundation.forms import StaffForm
from foundation.history import sign_history
from organisations.admin.second_step import second_step_page
from organisations.models import (
    Account,
    AccountKind,
    Membership,
    MembershipOrganisation,
    Organisation,
    User,
)
from organisations.roles import CLINIC_ROLES, OPERATOR_ROLES, Role
from organisations.team import lacks_a_manager

if TYPE_CHECKING:
    from django.contrib.admin import StackedInline

    AnyStackedInline = StackedInline[Any, Any]
else:
    from unfold.admin import StackedInline as AnyStackedInline

SEES_PEOPLE = (Permission.CHANGE_USERS, Permission.SEE_AUDIT)
CHANGES_PEOPLE = (Permission.CHANGE_USERS,)
PASSWORD = {"autocomplete": "new-password"}
LIST_THEM_FIRST = "Leave this ticked, and list organisations on the page of the membership"


class MembershipForm(RowForm):
    """Clinic roles in a clinic's account, the operator's roles in the operator's."""

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        account = said.get("account") or getattr(self.instance, "account", None)
        if account and (words := wrong_roles(said.get("roles") or [], account)):
            self.add_error("roles", words)
        return said


def wrong_roles(roles: list[str], account: Account) -> str:
    """Why these roles cannot be had in this account; empty when they can."""
    of_clinic = account.kind == AccountKind.CLINIC
    if set(roles) <= (CLINIC_ROLES if of_clinic else OPERATOR_ROLES):
        return ""
    kind, others = ("a clinic", "clinic roles") if of_clinic else ("the operator", "its own roles")
    return f"{account} is {kind}: choose only {others}"


class MembershipOfUserForm(MembershipForm):
    """On the page of a user, where no organisations can be listed."""

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        listed = self.instance.organisations if self.instance.pk else None
        if said.get("all_organisations") is False and not (listed and listed.exists()):
            self.add_error("all_organisations", LIST_THEM_FIRST)
        return said


class NewUserForm(RowForm):
    """Without a password, the person sets one with “Forgotten your password?” at the sign-in."""

    password = forms.CharField(
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(PASSWORD),
        help_text="Leave it empty to let them set their own with “Forgotten your password?”",
    )
    password_again = forms.CharField(
        label="The password again",
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(PASSWORD),
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        # A password must not be like the name or the address, which the row does not have yet.
        self.instance.email = said.get("email", "")
        self.instance.full_name = said.get("full_name", "")
        check_new_password(self, "password", "password_again")
        return said

    def save(self, commit: bool = True) -> Any:
        self.instance.set_password(self.cleaned_data["password"] or None)
        return super().save(commit)


class UserForm(RowForm):
    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class PasswordForm(StaffForm):
    """A new password for somebody else."""

    password = forms.CharField(
        label="New password", strip=False, widget=forms.PasswordInput(PASSWORD)
    )
    password_again = forms.CharField(
        label="The password again", strip=False, widget=forms.PasswordInput(PASSWORD)
    )

    missing: ClassVar[dict[str, str]] = {
        "password": "Enter a new password",
        "password_again": "Enter the new password again",
    }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance = user

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        check_new_password(self, "password", "password_again")
        return said


def check_new_password(form: Any, name: str, again: str) -> None:
    """Add what is wrong with the password to the form; an empty one is not looked at."""
    password = form.cleaned_data.get(name)
    if password != form.cleaned_data.get(again) and again in form.cleaned_data:
        form.add_error(again, "Both passwords must be the same")
    elif password:
        try:
            validate_password(password, form.instance)
        except ValidationError as error:
            form.add_error(name, error)


def say_if_nobody_manages(request: HttpRequest, account: Account) -> None:
    """An administrator may leave a clinic without a manager, but not without knowing it."""
    if lacks_a_manager(account):
        words = f"{account} has no active manager, so only the operator can change its team."
        messages.warning(request, words)


class MembershipInline(Guarded, SeveralChoices, AnyStackedInline):
    model = Membership
    form = MembershipOfUserForm
    to_see = SEES_PEOPLE
    to_change = CHANGES_PEOPLE
    min_num = max_num = 1
    show_change_link = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A person stays in the account: who changes it gets another sign-in."""
        return ("account",) if obj and hasattr(obj, "membership") else ()


class RoleFilter(admin.SimpleListFilter):
    title = "role"
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(role.value, str(role.label)) for role in Role]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        if not self.value():
            return queryset
        return queryset.filter(membership__roles__contains=[self.value()])


@admin.register(User)
class UserAdmin(HouseAdmin):
    to_see = SEES_PEOPLE
    to_change = CHANGES_PEOPLE
    form = UserForm
    readonly_fields = ("is_superuser", "last_login", "last_seen_at", "joined_at")
    inlines = (MembershipInline,)
    list_display = ("email", "full_name", "account", "roles", "is_active")
    list_select_related = ("membership__account",)
    list_filter = ("is_active", RoleFilter, "membership__account")
    search_fields = ("email", "full_name")
    ordering = ("email",)
    actions_detail = ("set_password", "take_second_step_off")
    fieldsets = (
        (None, {"fields": ("email", "full_name", "is_active")}),
        ("So far", {"fields": ("is_superuser", "last_login", "last_seen_at", "joined_at")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "full_name")}),
        ("Password", {"fields": ("password", "password_again")}),
    )

    @admin.display(description="account")
    def account(self, user: User) -> Account | None:
        return user.membership.account if hasattr(user, "membership") else None

    @admin.display(description="roles")
    def roles(self, user: User) -> str:
        return ", ".join(str(role.label) for role in Role if role in user.roles)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return super().get_form(
            request, obj, change, **({"form": NewUserForm} if obj is None else {}), **kwargs
        )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if "is_active" in form.changed_data and not obj.is_active:
            obj.session_epoch += 1  # switched on again, old sessions must stay ended
        super().save_model(request, obj, form, change)
        # The sign-in keeps addresses of its own: one that was changed here must not open any more.
        EmailAddress.objects.filter(user=obj).exclude(email=obj.email).delete()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if account := self.account(form.instance):
            say_if_nobody_manages(request, account)

    @action(description="Set password", url_path="password", permissions=["change"])
    def set_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A page that gives the person another password, which ends their sessions."""
        user = self.get_object(request, object_id)
        form = PasswordForm(request.POST if request.method == "POST" else None, user=user)
        back = reverse("admin:organisations_user_change", args=[user.pk])
        if form.is_valid():
            with transaction.atomic():
                sign_history(self.actor(request))
                user.set_password(form.cleaned_data["password"])
                user.save(update_fields=["password", "password_set_at"])
            messages.success(request, f"{user.email} has a new password.")
            return HttpResponseRedirect(back)
        return form_page(
            self,
            request,
            form,
            row=user,
            title=f"Set a password for {user.email}",
            submit="Set password",
            back=back,
        )

    @action(description="Take second step off", url_path="second-step", permissions=["change"])
    def take_second_step_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return second_step_page(self, request, self.get_object(request, object_id))


class ListedFormSet(LabelledFormSet):
    """The organisations of a membership, all of its account; at least one when not for all."""

    def save_new(self, form: Any, commit: bool = True) -> Any:
        form.instance.account_id = self.instance.account_id
        return super().save_new(form, commit)

    def clean(self) -> None:
        super().clean()
        staying = [form for form in self.forms if self._stays(form)]
        if not (staying or self.instance.all_organisations):
            raise ValidationError("List at least one organisation, or tick “all organisations”")

    def _stays(self, form: Any) -> bool:
        said = getattr(form, "cleaned_data", {})
        return bool(said.get("organisation")) and not said.get("DELETE")


class ListedInline(HouseInline):
    model = MembershipOrganisation
    formset = ListedFormSet
    verbose_name, verbose_name_plural = "organisation", "organisations, when not for all"
    to_see = SEES_PEOPLE
    to_change = CHANGES_PEOPLE
    fields = ("organisation",)
    removable = True
    tab = False

    def offered(self, name: str, rows: models.QuerySet[Any], parent: Any) -> models.QuerySet[Any]:
        return Organisation.objects.filter(account_id=parent.account_id).order_by("name")


@admin.register(Membership)
class MembershipAdmin(HouseAdmin):
    to_see = SEES_PEOPLE
    to_change = CHANGES_PEOPLE
    form = MembershipForm
    fixed = ("user", "account")
    history_of = ("organisations",)
    fields = ("user", "account", "roles", "all_organisations")
    list_display = ("user", "account", "in_words", "all_organisations")
    list_select_related = ("user", "account")
    list_filter = ("all_organisations", "account")
    search_fields = ("user__email", "user__full_name", "account__name")
    ordering = ("user__email",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A membership is made together with its user."""
        return False

    @admin.display(description="roles")
    def in_words(self, membership: Membership) -> str:
        return ", ".join(str(role.label) for role in Role if role in membership.roles)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        say_if_nobody_manages(request, form.instance.account)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """Only of a known account can organisations be listed."""
        return [ListedInline] if obj else []
