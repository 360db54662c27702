"""What somebody keeps for themselves: orders they have begun, and filters they use again."""

from django.db import models
from django.db.models.functions import Lower

from foundation.constraints import SameAccount
from foundation.ids import public_id
from orders.models.orders import Order
from organisations.models import Account, User
from studies.references import REFERENCE_LENGTH

FILTER_NAME_LENGTH = 60


class OrderDraft(models.Model):
    """What somebody has answered so far, and the order it became."""

    public_id = models.UUIDField(default=public_id, editable=False, unique=True)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    answers = models.JSONField(default=dict)
    reference = models.CharField(max_length=REFERENCE_LENGTH, editable=False)
    order = models.ForeignKey(
        Order, models.CASCADE, null=True, related_name="+", db_constraint=False
    )
    opened_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [SameAccount("order", name="draft_order_is_of_the_same_account")]
        indexes = [models.Index(fields=["user", "-id"], name="drafts_of_a_user")]

    def __str__(self) -> str:
        return self.reference


class SavedFilter(models.Model):
    """What somebody narrows the list of orders down to, by a name; never what they search for."""

    public_id = models.UUIDField(default=public_id, editable=False, unique=True)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(max_length=FILTER_NAME_LENGTH)
    answers = models.JSONField()
    saved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("user", Lower("name"), name="saved_filter_name_is_taken")
        ]

    def __str__(self) -> str:
        return self.name
