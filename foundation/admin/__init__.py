"""What every room's admin is made of."""

from foundation.admin.forms import LinesField, RowForm, SeveralField
from foundation.admin.house import HouseAdmin, HouseInline, LabelledFormSet
from foundation.admin.keyset_list import KeysetAdmin

__all__ = [
    "HouseAdmin",
    "HouseInline",
    "KeysetAdmin",
    "LabelledFormSet",
    "LinesField",
    "RowForm",
    "SeveralField",
]
