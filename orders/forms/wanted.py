"""From answered forms to what is wanted, and from a refusal back to the forms."""

from foundation.address_form import AddressForm
from foundation.errors import Refusal
from foundation.forms import StaffForm
from orders.forms.patient import PatientForm
from orders.forms.study import SmartphoneForm, StudyForm
from orders.wanted import OrderWanted
from patients.wanted import KnownPatient


def wanted_from(
    *,
    patient: PatientForm | KnownPatient,
    address: AddressForm,
    study: StudyForm,
    smartphone: SmartphoneForm,
) -> OrderWanted:
    """The order that these valid forms ask for.

    An address form that was filled with the patient's own address and left as it was asks for that
    address, so that what the boxes do not show of it is kept.
    """
    given = address.address if address.is_corrected else None
    answers = smartphone.cleaned_data
    return OrderWanted(
        recipient=patient if isinstance(patient, KnownPatient) else patient.wanted(given),
        address=given,
        contents=study.wanted(phone_needed=answers["needed"], phone_asked=answers["asked"]),
        reference=study.cleaned_data["reference"],
    )


def show_refusal(refusal: Refusal, *forms: StaffForm) -> None:
    """Show each thing refused in the form that asked for it; what none asked for, in the first."""
    for each in refusal.each():
        place = next((form for form in forms if form.field_for(each.field)), forms[0])
        place.add_refusal(each)
