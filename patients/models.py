"""The patient register. What is done to a patient's orders is not here."""

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQueryField
from django.db import models
from django.db.models.functions import Cast, Coalesce

from foundation.actors import Actor
from foundation.addresses import AddressColumns
from foundation.constraints import SameAccount, unique_in_account
from foundation.dates import read_date
from foundation.history import keep_history
from foundation.ids import public_id
from foundation.text import search_key
from organisations.models import Account, Organisation, Site
from patients.matching import (
    KEY_LENGTH,
    LastWord,
    Matches,
    NameWords,
    Spelling,
    beginnings,
    spelling_of,
    words_of,
)

REFERENCE_LENGTH = 128
NAME_LENGTH = 255
NAME_WORDS = NameWords("first_name_key", "last_name_key")


class Sex(models.TextChoices):
    FEMALE = "female", "Female"
    MALE = "male", "Male"
    OTHER = "other", "Other"
    UNKNOWN = "unknown", "Not known"


def _holding(words: list[str]) -> models.Q:
    asked = Cast(models.Value(beginnings(words)), SearchQueryField())
    return models.Q(Matches(NAME_WORDS, asked))


class PatientQuerySet(models.QuerySet["Patient"]):
    def visible_to(self, actor: Actor) -> "PatientQuerySet":
        """Those of the actor's organisations; one without any is seen by members for all."""
        if actor.sees_all_accounts:
            return self
        mine = self.filter(account_id=actor.account_id)
        if actor.organisation_ids is None:
            return mine
        linked = PatientOrganisation.objects.filter(
            patient=models.OuterRef("pk"), organisation__in=actor.organisation_ids
        )
        return mine.filter(models.Exists(linked))

    def named_like(self, text: str) -> "PatientQuerySet":
        """Whose name holds words that start with these, whatever their case and accents."""
        words = words_of(text)
        return self.filter(_holding(words)) if words else self.none()

    def referenced_like(self, text: str) -> "PatientQuerySet":
        """Whose reference begins so, whatever its capitals and spaces."""
        spelt = self.alias(spelling=Spelling("reference"))
        return spelt.filter(spelling__startswith=spelling_of(text))

    def meant_by(self, text: str) -> "PatientQuerySet":
        """Whoever somebody means who types this: words of a name, how a reference begins (whatever
        its capitals and spaces), or a date of birth.
        """
        meant = models.Q(spelling__startswith=spelling_of(text))
        if words := words_of(text):
            meant |= _holding(words)
        if born := read_date(text):
            meant |= models.Q(date_of_birth=born)
        return self.alias(spelling=Spelling("reference")).filter(meant)

    def resembling(
        self, reference: str | None, surname: str, born: date | None
    ) -> "PatientQuerySet":
        """Probably the same person: this reference, or this surname and date of birth."""
        alike = []
        if born:
            key = models.Value(search_key(surname)[:KEY_LENGTH])
            alike.append(models.Q(last_word=LastWord(key), date_of_birth=born))
        if reference:
            alike.append(models.Q(spelling=spelling_of(reference)))
        if not alike:
            return self.none()
        compared = self.alias(last_word=LastWord("last_name_key"), spelling=Spelling("reference"))
        return compared.filter(reduce(or_, alike)).order_by("pk")

    def twins_of(self, patients: Iterable["Patient"]) -> dict[int, "Patient"]:
        """By id, for each of these who resembles another of us in use: one who does."""
        others = self.filter(account=models.OuterRef("account"), archived_at=None).exclude(
            pk=models.OuterRef("pk")
        )
        namesake = others.alias(last_word=LastWord("last_name_key")).filter(
            date_of_birth=models.OuterRef("date_of_birth"),
            last_word=LastWord(models.OuterRef("last_name_key")),
        )
        respelt = others.alias(spelling=Spelling("reference")).filter(
            spelling=Spelling(models.OuterRef("reference"))
        )
        pairs = (
            Patient.objects.filter(pk__in=[one.pk for one in patients], archived_at=None)
            .annotate(
                twin=Coalesce(
                    models.Subquery(namesake.values("pk")[:1]),
                    models.Subquery(respelt.values("pk")[:1]),
                )
            )
            .values_list("pk", "twin")
        )
        twin_of = {pk: twin for pk, twin in pairs if twin}
        found = Patient.objects.in_bulk(twin_of.values())
        return {pk: found[twin] for pk, twin in twin_of.items()}


# A public id never changes, and those who were here before it came have none in their history.
@keep_history("PatientHistory", ignoring=("public_id",))
class Patient(AddressColumns):
    """A person who takes tests at home, known to one account."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    public_id = models.UUIDField(default=public_id, editable=False, unique=True)
    reference = models.CharField(
        max_length=REFERENCE_LENGTH, null=True, blank=True, db_collation="C"
    )
    full_name = models.CharField("name", max_length=2 * NAME_LENGTH + 1)
    first_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    last_name = models.CharField(max_length=NAME_LENGTH)
    first_name_key = models.CharField(max_length=KEY_LENGTH, editable=False, blank=True)
    last_name_key = models.CharField(max_length=KEY_LENGTH, editable=False)
    date_of_birth = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=16, choices=Sex, default=Sex.UNKNOWN)
    email = models.EmailField("e-mail", max_length=254, blank=True)
    phone = models.CharField(max_length=64, blank=True)
    phone_e164 = models.CharField(max_length=16, blank=True, editable=False)
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    enrolled = models.BooleanField(default=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    registered_at = models.DateTimeField(auto_now_add=True)

    objects = PatientQuerySet.as_manager()

    class Meta:
        constraints = [
            unique_in_account("patient_is_found_within_its_account"),
            models.UniqueConstraint(
                fields=["account", "reference"], name="patient_reference_is_taken"
            ),
            SameAccount("site", name="patient_site_is_of_the_same_account"),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="patients_newest_first"),
            GinIndex(NAME_WORDS, name="patients_by_words_of_name"),
            models.Index("account", Spelling("reference"), name="patients_by_spelling"),
            models.Index(
                "account", "date_of_birth", LastWord("last_name_key"), name="patients_by_birth"
            ),
            models.Index(
                fields=["account", "-id"],
                condition=models.Q(archived_at__isnull=False),
                name="patients_archived",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def may_order(self) -> bool:
        return self.enrolled and self.archived_at is None

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    def age_on(self, today: date) -> int | None:
        """In whole years; None when the date of birth is not known."""
        born = self.date_of_birth
        if born is None:
            return None
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


@keep_history("PatientOrganisationHistory")
class PatientOrganisation(models.Model):
    """The patient is known to this organisation, whose members may therefore see them."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        Patient, models.CASCADE, related_name="organisations", db_constraint=False
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    linked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            SameAccount("patient", name="linked_patient_is_of_the_same_account"),
            SameAccount("organisation", name="linked_organisation_is_of_the_same_account"),
            models.UniqueConstraint(
                fields=["patient", "organisation"], name="patient_is_linked_already"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "patient"], name="patients_of_an_organisation")
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} in {self.organisation_id}"
