"""What a clinician says about the results of a study. Each form tells how many results its reader
was shown, so that nobody answers for one they have not seen.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from foundation.fields import NoteField
from foundation.forms import StaffForm
from foundation.ids import number_in
from studies.errors import ResultsHaveChanged
from studies.models import CONCLUSION_LENGTH, NOTE_LENGTH, REASON_LENGTH

CONCLUSION_ROWS = 8


def conclusion_field() -> NoteField:
    return NoteField(
        label="Your conclusion",
        help_text="Everyone who may see the study can read this",
        max_length=CONCLUSION_LENGTH,
        widget=forms.Textarea({"rows": CONCLUSION_ROWS}),
    )


class ReviewForm(StaffForm):
    """Whatever is said, it is about the results that were seen."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    says: ClassVar[tuple[str, ...]] = ()

    @property
    def results_seen(self) -> int:
        return number_in(str(self["seen"].data or ""))

    def look_at(self, results: int) -> None:
        """Say that there are other results than its reader was shown; sent again, it is about
        those.
        """
        if self.results_seen != results:
            self.add_refusal(ResultsHaveChanged())
            self._send_along("seen", results)

    def _send_along(self, name: str, value: object) -> None:
        sent = QueryDict(mutable=True)
        sent.update(self.data)
        sent[self.add_prefix(name)] = str(value)
        self.data = sent

    @property
    def typed(self) -> list[dict[str, Any]]:
        """What its reader wrote, to be shown where it can no longer be sent."""
        boxes = [self[name] for name in self.says]
        return [{"label": box.label, "text": box.data} for box in boxes if box.data]


class SignForm(ReviewForm):
    """The conclusion that releases the results."""

    conclusion = conclusion_field()

    says = ("conclusion",)
    missing: ClassVar[Mapping[str, str]] = {"conclusion": "Write your conclusion"}
    refusal_fields: ClassVar[Mapping[str, str]] = {"conclusion": "conclusion"}


class RepeatForm(ReviewForm):
    """Why the results are not enough."""

    reason = NoteField(
        label="Why is another night needed?",
        help_text="Everyone who may see the study can read this",
        max_length=NOTE_LENGTH,
    )

    says = ("reason",)
    missing: ClassVar[Mapping[str, str]] = {"reason": "Say why another night is needed"}
    refusal_fields: ClassVar[Mapping[str, str]] = {"reason": "reason"}


class AmendForm(ReviewForm):
    """A conclusion in the place of the one that was signed as version `version`."""

    version = forms.CharField(required=False, widget=forms.HiddenInput)
    conclusion = conclusion_field()
    reason = NoteField(
        label="Why is the review amended?",
        help_text="It stands beside the new version. The older one stays readable",
        max_length=REASON_LENGTH,
    )

    says = ("conclusion", "reason")
    missing: ClassVar[Mapping[str, str]] = {
        "conclusion": "Write your conclusion",
        "reason": "Say why the review is amended",
    }
    refusal_fields: ClassVar[Mapping[str, str]] = {
        "conclusion": "conclusion",
        "reason": "reason",
    }

    @property
    def version_seen(self) -> int:
        return number_in(str(self["version"].data or ""))

    def stand_beside(self, version: int) -> None:
        """Sent again, it is about the review as it is now."""
        self._send_along("version", version)
