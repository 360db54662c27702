"""Contract holders and what they order: accounts, organisations, products, clinicians, sites."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from foundation.actors import Actor
from foundation.addresses import AddressColumns
from foundation.constraints import SameAccount, unique_in_account
from foundation.history import keep_history
from organisations.sensors import EmitOn, Sensor, SeverityIndex

MOST_NIGHTS = 30
MOST_REPEATS = 9


def sensors_field(*, blank: bool = False, help_text: str = "") -> ArrayField:
    return ArrayField(
        models.CharField(max_length=16, choices=Sensor.choices),
        default=list,
        size=len(Sensor),
        blank=blank,
        help_text=help_text,
    )


class AccountKind(models.TextChoices):
    CLINIC = "clinic", "Clinic"
    OPERATOR = "operator", "Operator"


@keep_history("AccountHistory")
class Account(models.Model):
    """A contract holder, the tenant; the operator is one too, so that every row has an account."""

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=AccountKind, default=AccountKind.CLINIC)
    country = models.CharField("country (ISO 3166-1)", max_length=2, default="GB")
    time_zone = models.CharField(max_length=64, default="Europe/London")
    sensors = sensors_field(help_text="The sensors this account may order.", blank=True)
    phone_share_limit = models.PositiveSmallIntegerField(
        "phone share limit (%)",
        default=30,
        validators=[MaxValueValidator(100)],
        help_text="Alert the account manager when more of its orders than this ask for a phone.",
    )
    phone_share_minimum = models.PositiveSmallIntegerField(
        "orders before the phone share counts", default=20
    )
    account_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_active = models.BooleanField("active", default=True)
    is_test = models.BooleanField(
        "test account",
        default=False,
        help_text="Its orders and studies can be played through without patients, and its "
        "pages say so. Settled when the account is opened.",
    )
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(kind=AccountKind.OPERATOR),
                name="there_is_one_operator",
            ),
            models.CheckConstraint(
                condition=models.Q(phone_share_limit__lte=100),
                name="phone_share_limit_is_a_percentage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (test)" if self.is_test else self.name


@keep_history("ProductHistory")
class Product(models.Model):
    """A diagnostic product, the same for every account, and the sensors it can use."""

    name = models.CharField(max_length=200, unique=True)
    sensors = sensors_field()
    most_nights = models.PositiveSmallIntegerField(
        default=MOST_NIGHTS, validators=[MinValueValidator(1), MaxValueValidator(MOST_NIGHTS)]
    )
    is_active = models.BooleanField("active", default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(most_nights__gte=1, most_nights__lte=MOST_NIGHTS),
                name="product_nights_are_1_to_30",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@keep_history("ClinicianHistory")
class Clinician(models.Model):
    """Who answers for the results; has a user when they sign in and review."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="clinicians")
    name = models.CharField(max_length=200)
    registration_number = models.CharField(max_length=64, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [unique_in_account("clinician_is_found_within_its_account")]

    def __str__(self) -> str:
        return self.name


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, actor: Actor) -> "OrganisationQuerySet":
        """Those whose orders and patients the actor may see."""
        if actor.sees_all_accounts:
            return self
        mine = self.filter(account_id=actor.account_id)
        return (
            mine if actor.organisation_ids is None else mine.filter(id__in=actor.organisation_ids)
        )

    def open_for_orders(self) -> "OrganisationQuerySet":
        return self.filter(is_active=True, account__is_active=True, product__is_active=True)


@keep_history("OrganisationHistory")
class Organisation(models.Model):
    """A part of an account that orders studies: one product, one clinician, its own defaults."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="organisations")
    name = models.CharField(max_length=200)
    reference = models.CharField(max_length=128, db_collation="C")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="+", db_constraint=False)
    emit_on = models.CharField("results are emitted", max_length=16, choices=EmitOn)
    default_nights = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_NIGHTS)]
    )
    default_sensors = sensors_field(blank=True)
    severity_by = models.CharField(
        "severity by",
        max_length=8,
        choices=SeverityIndex,
        default=SeverityIndex.AHI3,
        help_text="The index that says how severe a night is.",
    )
    most_repeats = models.PositiveSmallIntegerField(
        "repeats of a night",
        default=2,
        validators=[MaxValueValidator(MOST_REPEATS)],
        help_text="So often a night that was not valid is repeated by itself.",
    )
    enough_nights = models.PositiveSmallIntegerField(
        "valid nights that are enough",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_NIGHTS)],
        help_text="Empty: every night that was ordered is done first.",
    )
    takes_referrals = models.BooleanField(
        default=False,
        help_text="The account's referrals come to this organisation; one of them at most.",
    )
    is_active = models.BooleanField("active", default=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            unique_in_account("organisation_is_found_within_its_account"),
            models.UniqueConstraint(
                fields=["account", "reference"], name="organisation_reference_is_taken"
            ),
            SameAccount("clinician", name="organisation_has_a_clinician_of_its_account"),
            models.CheckConstraint(
                condition=models.Q(default_nights=None)
                | models.Q(default_nights__gte=1, default_nights__lte=MOST_NIGHTS),
                name="organisation_nights_are_1_to_30",
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(takes_referrals=True),
                name="one_organisation_takes_the_referrals",
                violation_error_message="Another organisation of this account takes them.",
            ),
            models.CheckConstraint(
                condition=models.Q(most_repeats__lte=MOST_REPEATS),
                name="organisation_repeats_are_9_at_most",
            ),
            models.CheckConstraint(
                condition=models.Q(enough_nights=None)
                | models.Q(enough_nights__gte=1, enough_nights__lte=MOST_NIGHTS),
                name="organisation_enough_nights_are_1_to_30",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def sensors_on_offer(self) -> list[str]:
        """What its product can use and its account may order."""
        return [one for one in self.product.sensors if one in self.account.sensors]


class SiteQuerySet(models.QuerySet["Site"]):
    def visible_to(self, actor: Actor) -> "SiteQuerySet":
        return self if actor.sees_all_accounts else self.filter(account_id=actor.account_id)


@keep_history("SiteHistory")
class Site(AddressColumns):
    """A place that can receive orders and hold devices; the operator's are fulfilment centres."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="sites")
    name = models.CharField(max_length=200)
    phone = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField("active", default=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        constraints = [unique_in_account("site_is_found_within_its_account")]

    def __str__(self) -> str:
        return self.name
