"""Every piece of the staff pages in every state, on one page: to look at, and to measure.

Nothing here is about anybody. The page is for whoever may open the admin.
"""

import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from foundation.address_form import AddressForm
from foundation.dates import DateOfBirthField
from foundation.fields import EmailField, NoteField, PhoneField, PlainTextField
from organisations.sensors import Sensor


class SampleForm(AddressForm):
    """One of each kind of question."""

    full_name = PlainTextField(label="Full name", max_length=200)
    date_of_birth = DateOfBirthField()
    email = EmailField(help_text="We write to it when the kit is on its way")
    mobile = PhoneField(
        label="Mobile number",
        help_text="For example, 07911 123456",
        widget=forms.TelInput({"class": "width-20"}),
    )
    nights = forms.TypedChoiceField(
        label="Number of nights",
        choices=[(1, "1 night"), (2, "2 nights"), (3, "3 nights")],
        coerce=int,
        widget=forms.RadioSelect,
    )
    sensors = forms.MultipleChoiceField(
        label="Sensors",
        choices=Sensor.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    asked = forms.BooleanField(
        label="I asked the patient whether they have a smartphone (Android or iOS)"
    )
    needs_phone = forms.BooleanField(
        label="The patient needs a smartphone in the shipment",
        help_text="We review how often phones are requested",
        required=False,
    )
    note = NoteField(label="Note for the packer", max_length=1000, required=False)

    field_order = ["full_name", "date_of_birth", "email", "mobile"]
    missing: ClassVar[dict[str, str]] = {
        **AddressForm.missing,
        "full_name": "Enter the patient’s full name",
        "date_of_birth": "Enter the patient’s date of birth",
        "nights": "Select the number of nights",
        "sensors": "Select at least one sensor",
        "asked": "Ask the patient whether they have a smartphone, then tick the box",
    }


WRONG_ANSWERS: dict[str, Any] = {
    "full_name": "",
    "date_of_birth_day": "27",
    "date_of_birth_month": "",
    "date_of_birth_year": "1980",
    "email": "demo(at)example.org",
    "mobile": "07700 900123",
    "line_1": "Demo House, 1 Demo Street",
    "city": "London",
    "postcode": "EC1",
    "needs_phone": "on",
}
RIGHT_ANSWERS: dict[str, Any] = {
    "full_name": "Demo Patient",
    "date_of_birth": datetime.date(1980, 3, 27),
    "email": "demo@example.org",
    "mobile": "07911 123456",
    "nights": 2,
    "sensors": [Sensor.NECK],
}
FACTS: list[dict[str, Any]] = [
    {"name": "Name", "value": "Demo Patient", "change_url": "#facts"},
    {"name": "Date of birth", "value": "27 March 1980", "change_url": "#facts"},
    {
        "name": "Address",
        "lines": ["Demo House", "1 Demo Street", "London", "EC1A 1BB"],
        "change_url": "#facts",
    },
    {"name": "Email address", "value": "", "change_url": "#facts"},
    {"name": "Reference", "value": "HW-7K2M9QX4TB"},
]
EVENTS: list[dict[str, Any]] = [
    {
        "title": "Shipped",
        "at": datetime.datetime(2026, 11, 21, 17, 10, tzinfo=datetime.UTC),
        "by": "Demo Operator",
        "note": "Tracking number DEMO 123",
    },
    {
        "title": "Order placed",
        "at": datetime.datetime(2026, 11, 20, 9, 5, tzinfo=datetime.UTC),
        "by": "Demo Clinic",
    },
]
STATUSES = [
    ("calm", "Draft"),
    ("info", "Ready to pack"),
    ("good", "Delivered"),
    ("warn", "Address needs confirming"),
    ("bad", "Cancelled"),
]
ROWS = [
    ("HW-7K2M9QX4TB", "Demo Patient", "good", "Delivered"),
    ("CLINIC-2026-000124", "مريض تجريبي", "warn", "Address needs confirming"),
    ("HW-00ZZ9QX4TC", "<b>Demo</b> Łukasz-Nguyễn", "bad", "Cancelled"),
]
ACTIONS = [
    {"url": "#buttons", "words": "New order"},
    {"url": "#buttons", "words": "Print", "second": True},
]


@require_safe
@staff_member_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """The page; with `?wrong` its form is shown as it looks after wrong answers."""
    wrong = "wrong" in request.GET
    form = SampleForm(WRONG_ANSWERS) if wrong else SampleForm(initial=RIGHT_ANSWERS)
    pieces = {
        "form": form,
        "facts": FACTS,
        "events": EVENTS,
        "statuses": STATUSES,
        "rows": ROWS,
        "actions": ACTIONS,
        "segments": [True, True, False, False, False],
    }
    return render(request, "styleguide.html", pieces)
