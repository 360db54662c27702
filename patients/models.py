"""The patient register. What is done to a patient's orders is not here."""

from datetime import date

from django.contrib.postgres.indexes import OpClass
from django.db import models

from foundation.actors import Actor
from foundation.addresses import AddressColumns
from foundation.constraints import SameAccount, unique_in_account
from foundation.history import keep_history
from foundation.text import search_key
from organisations.models import Account, Organisation, Site

REFERENCE_LENGTH = 128
NAME_LENGTH = 255
# Made comparable, one character can become as many as eighteen; what is cut off is not missed.
KEY_LENGTH = 2 * NAME_LENGTH


class Sex(models.TextChoices):
    FEMALE = "female", "Female"
    MALE = "male", "Male"
    OTHER = "other", "Other"
    UNKNOWN = "unknown", "Not known"


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
        words = search_key(text).split()
        found = self if words else self.none()
        for word in words:
            found = found.filter(
                models.Q(last_name_key__startswith=word) | models.Q(first_name_key__startswith=word)
            )
        return found

    def resembling(self, reference: str | None, surname: str, born: date) -> "PatientQuerySet":
        """Probably the same person: this reference, or this surname and date of birth."""
        key = search_key(surname)[:KEY_LENGTH]
        same_surname = models.Q(last_name_key=key) | models.Q(last_name_key__endswith=f" {key}")
        found = models.Q(same_surname, date_of_birth=born)
        if reference:
            found |= models.Q(reference=reference)
        return self.filter(found).order_by("pk")


@keep_history("PatientHistory")
class Patient(AddressColumns):
    """A person who takes tests at home, known to one account."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
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
            models.Index(
                "account",
                OpClass("last_name_key", name="varchar_pattern_ops"),
                name="patients_by_last_name",
            ),
            models.Index(
                "account",
                OpClass("first_name_key", name="varchar_pattern_ops"),
                name="patients_by_first_name",
            ),
            models.Index(fields=["account", "date_of_birth"], name="patients_by_date_of_birth"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def may_order(self) -> bool:
        return self.enrolled and self.archived_at is None


@keep_history("PatientOrganisationHistory")
class PatientOrganisation(models.Model):
    """The patient is known to this organisation, whose members may therefore see them."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        Patient, models.CASCADE, related_name="organisations", db_constraint=False
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", db_constraint=False
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

    def __str__(self) -> str:
        return f"{self.patient_id} in {self.organisation_id}"
