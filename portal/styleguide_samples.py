"""What the style page shows: one of each kind of question, and demo data for every other piece."""

import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message

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
ROWS = [
    ("HW-7K2M9QX4TB", "Demo Patient", "good", "Delivered"),
    ("CLINIC-2026-000124", "مريض تجريبي", "warn", "Address needs confirming"),
    ("HW-00ZZ9QX4TC", "<b>Demo</b> Łukasz-Nguyễn", "bad", "Cancelled"),
]
ACTIONS = [
    {"url": "#buttons", "words": "New order"},
    {"url": "#buttons", "words": "Print", "second": True},
]
MESSAGES = [
    Message(constants.SUCCESS, "The filter is saved."),
    Message(constants.INFO, "Somebody else changed this a moment ago. You see their version."),
    Message(constants.WARNING, "The search in this address is too old. Type it again."),
    Message(constants.ERROR, "The order was sent for fulfilment, so it stays as it is."),
]
QUEUES = [
    {"count": "3", "title": "Address to confirm", "what": "They go on when it is confirmed."},
    {"count": "99+", "title": "Delivery failed", "what": "Check how the patient is reached."},
]
NOTES: list[dict[str, Any]] = [
    {
        "text": "Please send it to the neighbour.\nShe is at home all day.",
        "written_at": datetime.datetime(2026, 11, 20, 14, 0, tzinfo=datetime.UTC),
        "author": "Demo Staff",
    }
]
TWO_RECORDS: list[list[dict[str, Any]]] = [
    [
        {"name": "Name", "value": "Demo Patient", "differs": True},
        {"name": "Date of birth", "value": "27 March 1980"},
        {"name": "Your reference", "value": "", "differs": True},
    ],
    [
        {"name": "Name", "value": "Demo M. Patient", "differs": True},
        {"name": "Date of birth", "value": "27 March 1980"},
        {"name": "Your reference", "value": "DEMO-7", "differs": True},
    ],
]
