"""All the answers of a draft as they are read before the order is placed, each with the page on
which it can be changed.
"""

from dataclasses import dataclass

from orders.forms import AddressForm, PatientForm, StudyForm
from orders.forms.study import AS_ORGANISATION
from orders.views import words
from orders.views.progress import Progress
from orders.views.sections import Step
from orders.views.words import Row
from organisations.sensors import EmitOn, in_words

# The fields of the form for a new patient, in the order in which the answers are shown.
FIELDS = ("full_name", "date_of_birth", "reference", "email", "phone", "sex")


@dataclass(frozen=True)
class Part:
    """One heading and the answers under it."""

    title: str
    rows: list[Row]


def parts_of(progress: Progress) -> list[Part]:
    """Only for a draft in which nothing is missing."""
    return [
        Part("Patient", _patient(progress)),
        Part("Delivery address", _address(progress)),
        Part("Test", _study(progress)),
        Part("Smartphone", _smartphone(progress)),
    ]


def _patient(progress: Progress) -> list[Row]:
    region, url = progress.visit.account.country, progress.url(Step.PATIENT)
    if progress.known:
        first, *rest = words.patient_rows(progress.known, region=region)
        return [first | {"change_url": url, "about": "patient"}, *rest]
    form = progress.answered(Step.PATIENT)
    assert isinstance(form, PatientForm)
    rows = words.patient_rows(words.described(form.wanted()), region=region)
    return [
        row | {"change_url": f"{url}#{_id(form, name)}"}
        for row, name in zip(rows, FIELDS, strict=True)
    ]


def _id(form: PatientForm, name: str) -> str:
    """Of a date, its first box."""
    return f"{form[name].auto_id}_day" if name == "date_of_birth" else form[name].auto_id


def _address(progress: Progress) -> list[Row]:
    form = progress.answered(Step.ADDRESS)
    assert isinstance(form, AddressForm)
    url = progress.url(Step.ADDRESS)
    return [words.address_row(form.address) | {"change_url": url, "about": "address"}]


def _study(progress: Progress) -> list[Row]:
    form = progress.answered(Step.STUDY)
    assert isinstance(form, StudyForm)
    said, chosen = form.cleaned_data, progress.organisation
    assert chosen is not None
    emit_on = EmitOn(chosen.emit_on if said["emit_on"] == AS_ORGANISATION else said["emit_on"])
    ours = f"{progress.draft.reference} (made by us)"
    asked = {"change_url": progress.url(Step.ORGANISATION)}
    url = progress.url(Step.STUDY)
    return [
        {"name": "Organisation", "value": chosen.name}
        | (asked if Step.ORGANISATION in progress.steps else {}),
        {"name": "Nights", "value": said["nights"], "change_url": f"{url}#id_nights"},
        {"name": "Sensors", "value": in_words(said["sensors"]), "change_url": f"{url}#id_sensors"},
        {"name": "Result is sent", "value": emit_on.label, "change_url": f"{url}#id_emit_on"},
        {
            "name": "Order reference",
            "value": said["reference"] or ours,
            "change_url": f"{url}#id_reference",
        },
    ]


def _smartphone(progress: Progress) -> list[Row]:
    form = progress.answered(Step.SMARTPHONE)
    assert form is not None
    url = progress.url(Step.SMARTPHONE)
    needed = "Yes, please send one along" if form.cleaned_data["needed"] else "No"
    return [
        {
            "name": "Patient was asked",
            "value": "Yes",
            "change_url": f"{url}#id_asked",
            "about": "whether the patient was asked",
        },
        {
            "name": "Smartphone in the shipment",
            "value": needed,
            "change_url": f"{url}#id_needed",
        },
    ]
