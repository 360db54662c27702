"""The order itself and its lines. Rules are in `placing`, steps in `lifecycle`."""

from collections.abc import Iterable, Sequence

import pgtrigger
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Collate, Replace, Upper

from foundation.actors import Actor, Door
from foundation.addresses import LINES_AT_MOST, AddressColumns
from foundation.constraints import SameAccount, unique_in_account
from foundation.history import keep_history
from foundation.ids import public_id
from inventory.models import Item, Kit
from orders.statuses import CALLED_OFF, IN_HAND, PAUSED, RESUMABLE, SENT, Status, steps
from orders.wanted import ShippingOption
from organisations.models import Account, ApiClient, ApiKey, Organisation, Site, User
from patients.models import Patient
from studies.models import Study
from studies.references import OUR_PREFIX, REFERENCE_LENGTH

EXTERNAL_ID_LENGTH = 255

# A postcode as it is searched for. An index holds it, so that no column can fall behind.
POSTCODE_KEY = Collate(
    Upper(
        Replace(
            Replace("postcode", models.Value(" "), models.Value("")),
            models.Value("-"),
            models.Value(""),
        )
    ),
    "C",
)

_asks_the_question = models.Q(door__in=[Door.STAFF, Door.ADMIN, Door.REFERRAL])


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, actor: Actor) -> "OrderQuerySet":
        """Those of the actor's organisations; one without any is seen by members for all."""
        if actor.sees_all_accounts:
            return self
        mine = self.filter(account_id=actor.account_id)
        if actor.organisation_ids is None:
            return mine
        return mine.filter(organisation_id__in=actor.organisation_ids)

    def study_orders(self) -> "OrderQuerySet":
        """Those that API v1 shows: with a study, and not out of a referral."""
        return self.exclude(study=None).exclude(door=Door.REFERRAL)

    def known_as(self, ids: Sequence[str]) -> "OrderQuerySet":
        """Those that their client calls by one of these (`Order.client_ids`)."""
        references = [one for one in ids if not one.startswith(OUR_PREFIX)]
        return self._found_first(
            models.Q(external_ids__overlap=ids)
            | models.Q(external_ids=[], reference__in=references)
        )

    def carrying(self, ids: Iterable[str]) -> "OrderQuerySet":
        """Those that came with one of these ids of their client's."""
        return self._found_first(models.Q(external_ids__overlap=sorted(ids)))

    def _found_first(self, meant: models.Q) -> "OrderQuerySet":
        """Found first, and then put in order: else all orders are gone through in theirs."""
        known = self.filter(meant)
        is_one = models.Func(
            models.F("pk"),
            ArraySubquery(known.order_by().values("pk")),
            template="(%(expressions)s))",
            arg_joiner=" = ANY(",
            output_field=models.BooleanField(),
        )
        return self.filter(is_one)

    def with_its_people(self) -> "OrderQuerySet":
        """All that a page about orders shows of each, without a query a row."""
        return self.select_related(
            "account", "organisation", "patient", "site", "study", "phone_asked_by"
        )


@keep_history("OrderHistory")
class Order(AddressColumns):
    """A request to send kits or items to one patient or one site. It keeps its own address."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    public_id = models.UUIDField(default=public_id, editable=False, unique=True)
    reference = models.CharField(max_length=REFERENCE_LENGTH, db_collation="C")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    patient = models.ForeignKey(
        Patient, models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+", db_constraint=False)
    study = models.OneToOneField(
        Study, models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    status = models.CharField(max_length=32, choices=Status, default=Status.ORDER_PLACED)
    resume_to = models.CharField(max_length=32, choices=Status, blank=True)
    door = models.CharField(max_length=16, choices=Door)
    placed_by = models.CharField(max_length=255)
    placed_by_user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    placed_by_client = models.ForeignKey(ApiClient, models.PROTECT, null=True, related_name="+")
    placed_by_key = models.ForeignKey(ApiKey, models.PROTECT, null=True, related_name="+")
    placed_at = models.DateTimeField(auto_now_add=True)
    phone_needed = models.BooleanField("smartphone needed in the shipment", default=False)
    phone_asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    phone_asked_at = models.DateTimeField(null=True)
    external_ids = ArrayField(
        models.CharField(max_length=EXTERNAL_ID_LENGTH), default=list, blank=True
    )
    shipping_option = models.CharField(max_length=16, choices=ShippingOption, blank=True)
    email_label = models.BooleanField("return label by e-mail", default=False)
    sent_for_fulfilment_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            unique_in_account("order_is_found_within_its_account"),
            models.UniqueConstraint(
                fields=["account", "reference"], name="order_reference_is_taken"
            ),
            SameAccount("organisation", name="order_organisation_is_of_the_same_account"),
            SameAccount("patient", name="order_patient_is_of_the_same_account"),
            SameAccount("site", name="order_site_is_of_the_same_account"),
            SameAccount("study", name="order_study_is_of_the_same_account"),
            models.CheckConstraint(
                condition=models.Q(patient=None) ^ models.Q(site=None),
                name="order_goes_to_a_patient_or_a_site",
            ),
            models.CheckConstraint(
                condition=models.Q(study=None)
                | models.Q(organisation__isnull=False, patient__isnull=False),
                name="study_order_has_an_organisation_and_a_patient",
            ),
            models.CheckConstraint(
                condition=models.Q(study=None)
                | ~_asks_the_question
                | models.Q(phone_asked_by__isnull=False, phone_asked_at__isnull=False),
                name="staff_study_order_records_the_smartphone_question",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=sorted(PAUSED)) ^ models.Q(resume_to=""),
                name="only_a_paused_order_knows_where_to_resume",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=sorted(CALLED_OFF))
                | models.Q(cancelled_at__isnull=False),
                name="called_off_order_says_since_when",
            ),
            models.CheckConstraint(
                condition=models.Q(address_lines__len__gte=1), name="order_has_an_address"
            ),
            models.CheckConstraint(
                condition=models.Q(address_lines__len__lte=LINES_AT_MOST),
                name="order_address_has_at_most_6_lines",
            ),
            models.CheckConstraint(
                condition=models.Q(resume_to__in=["", *sorted(RESUMABLE)]),
                name="order_resumes_where_it_can",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=sorted(SENT))
                | models.Q(sent_for_fulfilment_at__isnull=False),
                name="order_that_was_sent_says_since_when",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="orders_newest_first"),
            models.Index(fields=["account", "status", "-id"], name="orders_by_status"),
            models.Index(fields=["account", "organisation", "-id"], name="orders_by_organisation"),
            models.Index(
                fields=["account", "organisation", "status", "-id"],
                name="orders_by_clinic_and_status",
            ),
            models.Index(
                fields=["account", "-id"],
                name="orders_for_supplies",
                condition=models.Q(organisation=None),
            ),
            # How often phones are asked for is counted in the index alone.
            models.Index(
                fields=["account", "placed_at", "id"],
                name="orders_by_time",
                include=["study", "organisation", "phone_needed"],
            ),
            models.Index("account", POSTCODE_KEY, name="orders_by_postcode"),
            GinIndex(fields=["external_ids"], name="orders_by_external_id"),
            # The operator's queues are of all accounts; what is done with is not in them.
            models.Index(
                fields=["status", "-id"],
                name="orders_in_hand",
                condition=models.Q(status__in=sorted(IN_HAND)),
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="order_takes_legal_steps", field="status", transitions=steps())
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_called_off(self) -> bool:
        return self.status in CALLED_OFF

    @property
    def is_sent_for_fulfilment(self) -> bool:
        return self.sent_for_fulfilment_at is not None

    @property
    def client_ids(self) -> list[str]:
        """By what the client knows it: ids that came with it, else a reference that did."""
        if self.external_ids or self.reference.startswith(OUR_PREFIX):
            return self.external_ids
        return [self.reference]

    @property
    def recipient(self) -> Patient | Site:
        found = self.patient or self.site
        assert found is not None, "order_goes_to_a_patient_or_a_site"
        return found


@keep_history("OrderLineHistory")
class OrderLine(models.Model):
    """So many of one item or one kit."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", db_constraint=False)
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+")
    kit = models.ForeignKey(Kit, models.PROTECT, null=True, related_name="+")
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            SameAccount("order", name="line_order_is_of_the_same_account"),
            models.CheckConstraint(
                condition=models.Q(item=None) ^ models.Q(kit=None),
                name="line_is_an_item_or_a_kit",
            ),
            models.CheckConstraint(
                condition=models.Q(count__gte=1), name="line_count_is_at_least_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} x {self.what}"

    @property
    def what(self) -> Item | Kit:
        found = self.item or self.kit
        assert found is not None, "line_is_an_item_or_a_kit"
        return found
