"""The questions that people answer to place or change an order, for staff pages and admin alike.

Each form shows what the domain refuses beside the field it is about; rules are not here.
"""

from foundation.address_form import AddressForm
from orders.forms.changes import (
    CancelForm,
    ContactForm,
    NoteForm,
    OrderAddressForm,
    OrderContactForm,
)
from orders.forms.filters import FilterForm, FilterNameForm
from orders.forms.in_house import (
    CancelStudyForm,
    InHouseForm,
    InHouseForSomebodyForm,
    UnlockForm,
)
from orders.forms.patient import PatientForm, PatientSearchForm
from orders.forms.patient_record import PatientChangeForm, RegisterForm
from orders.forms.study import OrganisationForm, SmartphoneForm, StudyForm
from orders.forms.supplies import SiteForm, SuppliesForm
from orders.forms.wanted import show_refusal, wanted_from

__all__ = [
    "AddressForm",
    "CancelForm",
    "CancelStudyForm",
    "ContactForm",
    "FilterForm",
    "FilterNameForm",
    "InHouseForSomebodyForm",
    "InHouseForm",
    "NoteForm",
    "OrderAddressForm",
    "OrderContactForm",
    "OrganisationForm",
    "PatientChangeForm",
    "PatientForm",
    "PatientSearchForm",
    "RegisterForm",
    "SiteForm",
    "SmartphoneForm",
    "StudyForm",
    "SuppliesForm",
    "UnlockForm",
    "show_refusal",
    "wanted_from",
]
