import django.contrib.postgres.fields
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import foundation.constraints
import foundation.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("inventory", "0001_initial"),
        ("organisations", "0001_initial"),
        ("patients", "0001_initial"),
        ("studies", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "address_lines",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=255),
                        blank=True,
                        default=list,
                        size=6,
                    ),
                ),
                ("city", models.CharField(blank=True, max_length=255, verbose_name="town or city")),
                (
                    "county",
                    models.CharField(blank=True, max_length=255, verbose_name="county or state"),
                ),
                (
                    "postcode",
                    models.CharField(blank=True, max_length=255, verbose_name="postcode or ZIP"),
                ),
                ("country", models.CharField(blank=True, max_length=255)),
                ("country_code", models.CharField(blank=True, max_length=2)),
                ("address_note", models.CharField(blank=True, max_length=1000)),
                (
                    "public_id",
                    models.UUIDField(default=foundation.ids.public_id, editable=False, unique=True),
                ),
                ("reference", models.CharField(db_collation="C", max_length=128)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("order_placed", "Placed"),
                            ("pending_inventory", "Waiting for stock"),
                            ("pending_additional_information", "Information needed"),
                            ("on_hold", "On hold"),
                            ("reconfirm_address", "Address to confirm"),
                            ("unable_to_fulfill", "Cannot be fulfilled"),
                            ("awaiting_shipment", "Ready to pack"),
                            ("shipped", "Shipped"),
                            ("available_for_pickup", "Ready for pick-up"),
                            ("unsuccessful_delivery", "Delivery failed"),
                            ("delivered", "Delivered"),
                            ("return_issued", "Return on its way"),
                            ("voided", "Cancelled"),
                        ],
                        default="order_placed",
                        max_length=32,
                    ),
                ),
                (
                    "resume_to",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("order_placed", "Placed"),
                            ("pending_inventory", "Waiting for stock"),
                            ("pending_additional_information", "Information needed"),
                            ("on_hold", "On hold"),
                            ("reconfirm_address", "Address to confirm"),
                            ("unable_to_fulfill", "Cannot be fulfilled"),
                            ("awaiting_shipment", "Ready to pack"),
                            ("shipped", "Shipped"),
                            ("available_for_pickup", "Ready for pick-up"),
                            ("unsuccessful_delivery", "Delivery failed"),
                            ("delivered", "Delivered"),
                            ("return_issued", "Return on its way"),
                            ("voided", "Cancelled"),
                        ],
                        max_length=32,
                    ),
                ),
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("staff", "Staff pages"),
                            ("admin", "Admin"),
                            ("v1", "API v1"),
                            ("v3", "API v3"),
                            ("referral", "Referral"),
                            ("system", "Homeward"),
                        ],
                        max_length=16,
                    ),
                ),
                ("placed_by", models.CharField(max_length=255)),
                ("placed_at", models.DateTimeField(auto_now_add=True)),
                (
                    "phone_needed",
                    models.BooleanField(
                        default=False, verbose_name="smartphone needed in the shipment"
                    ),
                ),
                ("phone_asked_at", models.DateTimeField(null=True)),
                (
                    "external_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=255),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "shipping_option",
                    models.CharField(
                        blank=True,
                        choices=[("standard", "Standard"), ("overnight", "Overnight")],
                        max_length=16,
                    ),
                ),
                (
                    "email_label",
                    models.BooleanField(default=False, verbose_name="return label by e-mail"),
                ),
                ("sent_for_fulfilment_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.account",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "phone_asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "placed_by_client",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
                (
                    "placed_by_key",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.apikey",
                    ),
                ),
                (
                    "placed_by_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.site",
                    ),
                ),
                (
                    "study",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="studies.study",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "-id"], name="orders_newest_first"),
                    models.Index(fields=["account", "status", "-id"], name="orders_by_status"),
                    models.Index(
                        fields=["account", "organisation", "-id"], name="orders_by_organisation"
                    ),
                    models.Index(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "awaiting_shipment",
                                    "on_hold",
                                    "order_placed",
                                    "pending_additional_information",
                                    "reconfirm_address",
                                    "unsuccessful_delivery",
                                ],
                            )
                        ),
                        fields=["status", "-id"],
                        name="orders_in_hand",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "id"), name="order_is_found_within_its_account"
                    ),
                    models.UniqueConstraint(
                        fields=("account", "reference"), name="order_reference_is_taken"
                    ),
                    foundation.constraints.SameAccount(
                        "organisation", name="order_organisation_is_of_the_same_account"
                    ),
                    foundation.constraints.SameAccount(
                        "patient", name="order_patient_is_of_the_same_account"
                    ),
                    foundation.constraints.SameAccount(
                        "site", name="order_site_is_of_the_same_account"
                    ),
                    foundation.constraints.SameAccount(
                        "study", name="order_study_is_of_the_same_account"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("patient", None), ("site", None), _connector="XOR"),
                        name="order_goes_to_a_patient_or_a_site",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("study", None),
                            models.Q(("organisation__isnull", False), ("patient__isnull", False)),
                            _connector="OR",
                        ),
                        name="study_order_has_an_organisation_and_a_patient",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("study", None),
                            models.Q(("door__in", ["staff", "admin", "referral"]), _negated=True),
                            models.Q(
                                ("phone_asked_at__isnull", False), ("phone_asked_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="staff_study_order_records_the_smartphone_question",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["on_hold", "pending_additional_information", "reconfirm_address"],
                            ),
                            ("resume_to", ""),
                            _connector="XOR",
                        ),
                        name="only_a_paused_order_knows_where_to_resume",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status__in", ["unable_to_fulfill", "voided"]), _negated=True
                            ),
                            ("cancelled_at__isnull", False),
                            _connector="OR",
                        ),
                        name="called_off_order_says_since_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("address_lines__len__gte", 1)),
                        name="order_has_an_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("address_lines__len__lte", 6)),
                        name="order_address_has_at_most_6_lines",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "resume_to__in",
                                ["", "awaiting_shipment", "order_placed", "pending_inventory"],
                            )
                        ),
                        name="order_resumes_where_it_can",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "status__in",
                                    [
                                        "available_for_pickup",
                                        "awaiting_shipment",
                                        "delivered",
                                        "shipped",
                                        "unsuccessful_delivery",
                                    ],
                                ),
                                _negated=True,
                            ),
                            ("sent_for_fulfilment_at__isnull", False),
                            _connector="OR",
                        ),
                        name="order_that_was_sent_says_since_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(default=foundation.ids.public_id, editable=False, unique=True),
                ),
                ("answers", models.JSONField(default=dict)),
                ("reference", models.CharField(editable=False, max_length=128)),
                ("opened_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisations.account",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="orders.order",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "-id"], name="drafts_of_a_user")],
                "constraints": [
                    foundation.constraints.SameAccount(
                        "order", name="draft_order_is_of_the_same_account"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "address_lines",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=255),
                        blank=True,
                        default=list,
                        size=6,
                    ),
                ),
                ("city", models.CharField(blank=True, max_length=255, verbose_name="town or city")),
                (
                    "county",
                    models.CharField(blank=True, max_length=255, verbose_name="county or state"),
                ),
                (
                    "postcode",
                    models.CharField(blank=True, max_length=255, verbose_name="postcode or ZIP"),
                ),
                ("country", models.CharField(blank=True, max_length=255)),
                ("country_code", models.CharField(blank=True, max_length=2)),
                ("address_note", models.CharField(blank=True, max_length=1000)),
                ("public_id", models.UUIDField(default=foundation.ids.public_id, editable=False)),
                ("reference", models.CharField(db_collation="C", max_length=128)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("order_placed", "Placed"),
                            ("pending_inventory", "Waiting for stock"),
                            ("pending_additional_information", "Information needed"),
                            ("on_hold", "On hold"),
                            ("reconfirm_address", "Address to confirm"),
                            ("unable_to_fulfill", "Cannot be fulfilled"),
                            ("awaiting_shipment", "Ready to pack"),
                            ("shipped", "Shipped"),
                            ("available_for_pickup", "Ready for pick-up"),
                            ("unsuccessful_delivery", "Delivery failed"),
                            ("delivered", "Delivered"),
                            ("return_issued", "Return on its way"),
                            ("voided", "Cancelled"),
                        ],
                        default="order_placed",
                        max_length=32,
                    ),
                ),
                (
                    "resume_to",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("order_placed", "Placed"),
                            ("pending_inventory", "Waiting for stock"),
                            ("pending_additional_information", "Information needed"),
                            ("on_hold", "On hold"),
                            ("reconfirm_address", "Address to confirm"),
                            ("unable_to_fulfill", "Cannot be fulfilled"),
                            ("awaiting_shipment", "Ready to pack"),
                            ("shipped", "Shipped"),
                            ("available_for_pickup", "Ready for pick-up"),
                            ("unsuccessful_delivery", "Delivery failed"),
                            ("delivered", "Delivered"),
                            ("return_issued", "Return on its way"),
                            ("voided", "Cancelled"),
                        ],
                        max_length=32,
                    ),
                ),
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("staff", "Staff pages"),
                            ("admin", "Admin"),
                            ("v1", "API v1"),
                            ("v3", "API v3"),
                            ("referral", "Referral"),
                            ("system", "Homeward"),
                        ],
                        max_length=16,
                    ),
                ),
                ("placed_by", models.CharField(max_length=255)),
                ("placed_at", models.DateTimeField(auto_now_add=True)),
                (
                    "phone_needed",
                    models.BooleanField(
                        default=False, verbose_name="smartphone needed in the shipment"
                    ),
                ),
                ("phone_asked_at", models.DateTimeField(null=True)),
                (
                    "external_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=255),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "shipping_option",
                    models.CharField(
                        blank=True,
                        choices=[("standard", "Standard"), ("overnight", "Overnight")],
                        max_length=16,
                    ),
                ),
                (
                    "email_label",
                    models.BooleanField(default=False, verbose_name="return label by e-mail"),
                ),
                ("sent_for_fulfilment_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="organisations.account",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="orders.order",
                    ),
                ),
                (
                    "phone_asked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "placed_by_client",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
                (
                    "placed_by_key",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="organisations.apikey",
                    ),
                ),
                (
                    "placed_by_user",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="organisations.site",
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="studies.study",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OrderLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("count", models.PositiveIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.account",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.item",
                    ),
                ),
                (
                    "kit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.kit",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "constraints": [
                    foundation.constraints.SameAccount(
                        "order", name="line_order_is_of_the_same_account"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("item", None), ("kit", None), _connector="XOR"),
                        name="line_is_an_item_or_a_kit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("count__gte", 1)), name="line_count_is_at_least_1"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderLineHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("count", models.PositiveIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="organisations.account",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.item",
                    ),
                ),
                (
                    "kit",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="inventory.kit",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="orders.order",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="orders.orderline",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OrderNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(max_length=2000)),
                ("author", models.CharField(max_length=255)),
                ("is_reason", models.BooleanField(default=False)),
                ("written_at", models.DateTimeField(auto_now_add=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.account",
                    ),
                ),
                (
                    "author_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "id"), name="note_is_found_within_its_account"
                    ),
                    foundation.constraints.SameAccount(
                        "order", name="note_order_is_of_the_same_account"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("order_placed", "Order placed"),
                            ("pending_inventory", "Waiting for stock"),
                            ("pending_additional_information", "Information asked for"),
                            ("on_hold", "Put on hold"),
                            ("reconfirm_address", "Address to be confirmed"),
                            ("unable_to_fulfill", "Cannot be fulfilled"),
                            ("awaiting_shipment", "Sent for fulfilment, ready to pack"),
                            ("shipped", "Shipped"),
                            ("available_for_pickup", "Ready for pick-up"),
                            ("unsuccessful_delivery", "Delivery failed"),
                            ("delivered", "Delivered"),
                            ("return_issued", "Return on its way"),
                            ("voided", "Cancelled"),
                            ("contact_changed", "Contact details changed"),
                            ("address_changed", "Address changed"),
                            ("note_added", "Note added"),
                        ],
                        max_length=32,
                    ),
                ),
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("staff", "Staff pages"),
                            ("admin", "Admin"),
                            ("v1", "API v1"),
                            ("v3", "API v3"),
                            ("referral", "Referral"),
                            ("system", "Homeward"),
                        ],
                        max_length=16,
                    ),
                ),
                ("actor", models.CharField(max_length=255)),
                ("facts", models.JSONField(default=dict)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("happened_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.account",
                    ),
                ),
                (
                    "actor_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="orders.order",
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.ordernote",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["order", "id"], name="events_of_an_order")],
                "constraints": [
                    foundation.constraints.SameAccount(
                        "order", name="event_order_is_of_the_same_account"
                    ),
                    foundation.constraints.SameAccount(
                        "note", name="event_note_is_of_the_same_account"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderNoteHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("text", models.TextField(max_length=2000)),
                ("author", models.CharField(max_length=255)),
                ("is_reason", models.BooleanField(default=False)),
                ("written_at", models.DateTimeField(auto_now_add=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="organisations.account",
                    ),
                ),
                (
                    "author_user",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="orders.order",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="orders.ordernote",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Shipment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[("out", "To the recipient"), ("back", "On its way home")],
                        max_length=8,
                    ),
                ),
                ("carrier", models.CharField(blank=True, max_length=64)),
                ("tracking_number", models.CharField(blank=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("in_transit", "In transit"),
                            ("available_for_pickup", "Ready for pick-up"),
                            ("undelivered", "Delivery failed"),
                            ("delivered", "Delivered"),
                        ],
                        default="in_transit",
                        max_length=32,
                    ),
                ),
                ("sent_at", models.DateTimeField(auto_now_add=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.account",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shipments",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "constraints": [
                    foundation.constraints.SameAccount(
                        "order", name="shipment_order_is_of_the_same_account"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ShipmentHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "direction",
                    models.CharField(
                        choices=[("out", "To the recipient"), ("back", "On its way home")],
                        max_length=8,
                    ),
                ),
                ("carrier", models.CharField(blank=True, max_length=64)),
                ("tracking_number", models.CharField(blank=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("in_transit", "In transit"),
                            ("available_for_pickup", "Ready for pick-up"),
                            ("undelivered", "Delivery failed"),
                            ("delivered", "Delivered"),
                        ],
                        default="in_transit",
                        max_length=32,
                    ),
                ),
                ("sent_at", models.DateTimeField(auto_now_add=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="organisations.account",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="orders.order",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="orders.shipment",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="order",
            trigger=pgtrigger.compiler.Trigger(
                name="order_takes_legal_steps",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{available_for_pickup:awaiting_shipment,available_for_pickup:delivered,available_for_pickup:return_issued,available_for_pickup:unsuccessful_delivery,awaiting_shipment:on_hold,awaiting_shipment:reconfirm_address,awaiting_shipment:shipped,awaiting_shipment:unable_to_fulfill,awaiting_shipment:voided,delivered:awaiting_shipment,delivered:return_issued,on_hold:awaiting_shipment,on_hold:order_placed,on_hold:pending_inventory,on_hold:unable_to_fulfill,on_hold:voided,order_placed:awaiting_shipment,order_placed:on_hold,order_placed:pending_additional_information,order_placed:pending_inventory,order_placed:reconfirm_address,order_placed:return_issued,order_placed:unable_to_fulfill,order_placed:voided,pending_additional_information:awaiting_shipment,pending_additional_information:order_placed,pending_additional_information:pending_inventory,pending_additional_information:unable_to_fulfill,pending_additional_information:voided,pending_inventory:on_hold,pending_inventory:order_placed,pending_inventory:unable_to_fulfill,pending_inventory:voided,reconfirm_address:awaiting_shipment,reconfirm_address:order_placed,reconfirm_address:pending_inventory,reconfirm_address:unable_to_fulfill,reconfirm_address:voided,return_issued:awaiting_shipment,shipped:available_for_pickup,shipped:delivered,shipped:unsuccessful_delivery,unable_to_fulfill:voided,unsuccessful_delivery:available_for_pickup,unsuccessful_delivery:awaiting_shipment,unsuccessful_delivery:delivered,unsuccessful_delivery:reconfirm_address,unsuccessful_delivery:return_issued}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="03e56ed788e42afd44a26d0c56ecebe00b9fc78e",
                    operation="UPDATE",
                    pgid="pgtrigger_order_takes_legal_steps_37e5a",
                    table="orders_order",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="order",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_orderhistory" ("account_id", "address_lines", "address_note", "cancelled_at", "city", "country", "country_code", "county", "door", "email_label", "external_ids", "id", "organisation_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_asked_at", "phone_asked_by_id", "phone_needed", "placed_at", "placed_by", "placed_by_client_id", "placed_by_key_id", "placed_by_user_id", "postcode", "public_id", "reference", "resume_to", "sent_for_fulfilment_at", "shipping_option", "site_id", "status", "study_id") VALUES (NEW."account_id", NEW."address_lines", NEW."address_note", NEW."cancelled_at", NEW."city", NEW."country", NEW."country_code", NEW."county", NEW."door", NEW."email_label", NEW."external_ids", NEW."id", NEW."organisation_id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone_asked_at", NEW."phone_asked_by_id", NEW."phone_needed", NEW."placed_at", NEW."placed_by", NEW."placed_by_client_id", NEW."placed_by_key_id", NEW."placed_by_user_id", NEW."postcode", NEW."public_id", NEW."reference", NEW."resume_to", NEW."sent_for_fulfilment_at", NEW."shipping_option", NEW."site_id", NEW."status", NEW."study_id"); RETURN NULL;',
                    hash="208870d3ad7f8400e5a3d2e42100be10d4d5249f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_eb763",
                    table="orders_order",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="order",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "orders_orderhistory" ("account_id", "address_lines", "address_note", "cancelled_at", "city", "country", "country_code", "county", "door", "email_label", "external_ids", "id", "organisation_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_asked_at", "phone_asked_by_id", "phone_needed", "placed_at", "placed_by", "placed_by_client_id", "placed_by_key_id", "placed_by_user_id", "postcode", "public_id", "reference", "resume_to", "sent_for_fulfilment_at", "shipping_option", "site_id", "status", "study_id") VALUES (NEW."account_id", NEW."address_lines", NEW."address_note", NEW."cancelled_at", NEW."city", NEW."country", NEW."country_code", NEW."county", NEW."door", NEW."email_label", NEW."external_ids", NEW."id", NEW."organisation_id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone_asked_at", NEW."phone_asked_by_id", NEW."phone_needed", NEW."placed_at", NEW."placed_by", NEW."placed_by_client_id", NEW."placed_by_key_id", NEW."placed_by_user_id", NEW."postcode", NEW."public_id", NEW."reference", NEW."resume_to", NEW."sent_for_fulfilment_at", NEW."shipping_option", NEW."site_id", NEW."status", NEW."study_id"); RETURN NULL;',
                    hash="c72967e207e2f39481b1c4b53af99fa8fae1e809",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d4b84",
                    table="orders_order",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="order",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_orderhistory" ("account_id", "address_lines", "address_note", "cancelled_at", "city", "country", "country_code", "county", "door", "email_label", "external_ids", "id", "organisation_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_asked_at", "phone_asked_by_id", "phone_needed", "placed_at", "placed_by", "placed_by_client_id", "placed_by_key_id", "placed_by_user_id", "postcode", "public_id", "reference", "resume_to", "sent_for_fulfilment_at", "shipping_option", "site_id", "status", "study_id") VALUES (OLD."account_id", OLD."address_lines", OLD."address_note", OLD."cancelled_at", OLD."city", OLD."country", OLD."country_code", OLD."county", OLD."door", OLD."email_label", OLD."external_ids", OLD."id", OLD."organisation_id", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone_asked_at", OLD."phone_asked_by_id", OLD."phone_needed", OLD."placed_at", OLD."placed_by", OLD."placed_by_client_id", OLD."placed_by_key_id", OLD."placed_by_user_id", OLD."postcode", OLD."public_id", OLD."reference", OLD."resume_to", OLD."sent_for_fulfilment_at", OLD."shipping_option", OLD."site_id", OLD."status", OLD."study_id"); RETURN NULL;',
                    hash="e6e90d8f75d7997287fde97089eb6fb4905d8efe",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_709b4",
                    table="orders_order",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="orderhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="57f366fb48da3be6a7f9f4030cd5bbe81e72714a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a32c6",
                    table="orders_orderhistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="orderline",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_orderlinehistory" ("account_id", "count", "id", "item_id", "kit_id", "order_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."account_id", NEW."count", NEW."id", NEW."item_id", NEW."kit_id", NEW."order_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="c45215ccaf90b26f53498e63750fb28c9a833c97",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_353b8",
                    table="orders_orderline",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="orderline",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "orders_orderlinehistory" ("account_id", "count", "id", "item_id", "kit_id", "order_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."account_id", NEW."count", NEW."id", NEW."item_id", NEW."kit_id", NEW."order_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id"); RETURN NULL;',
                    hash="8e95a8f624b83b4e125ea90be3046f3d5b1efefc",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e67df",
                    table="orders_orderline",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="orderline",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_orderlinehistory" ("account_id", "count", "id", "item_id", "kit_id", "order_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."account_id", OLD."count", OLD."id", OLD."item_id", OLD."kit_id", OLD."order_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id"); RETURN NULL;',
                    hash="34e0a0a50405a4d1c06937db049cb7e47fc0953d",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_dfb51",
                    table="orders_orderline",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="orderlinehistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e134d5ba9fb18487b4841b005b83471c4f1ce2cf",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f9c3c",
                    table="orders_orderlinehistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ordernote",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_ordernotehistory" ("account_id", "author", "author_user_id", "id", "is_reason", "order_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "written_at") VALUES (NEW."account_id", NEW."author", NEW."author_user_id", NEW."id", NEW."is_reason", NEW."order_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."text", NEW."written_at"); RETURN NULL;',
                    hash="cc26dc18c59ffef920ba792110c0f0f8dd41985a",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_3234c",
                    table="orders_ordernote",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ordernote",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "orders_ordernotehistory" ("account_id", "author", "author_user_id", "id", "is_reason", "order_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "written_at") VALUES (NEW."account_id", NEW."author", NEW."author_user_id", NEW."id", NEW."is_reason", NEW."order_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."text", NEW."written_at"); RETURN NULL;',
                    hash="366e997dfbc3c77c99480e65720e7705cc9aa200",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a89ff",
                    table="orders_ordernote",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ordernote",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_ordernotehistory" ("account_id", "author", "author_user_id", "id", "is_reason", "order_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "written_at") VALUES (OLD."account_id", OLD."author", OLD."author_user_id", OLD."id", OLD."is_reason", OLD."order_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."text", OLD."written_at"); RETURN NULL;',
                    hash="c6255b9b9e7f3c1ca793c6d3ce04c581b7f2037e",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_82a65",
                    table="orders_ordernote",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="orderevent",
            trigger=pgtrigger.compiler.Trigger(
                name="events_are_only_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="5aba3c036dba1f9d3a14d2c3885ac0f5cb43f71b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_events_are_only_added_a8296",
                    table="orders_orderevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ordernotehistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="db577363d0fb8c6225aca181e2b7967bd9b959c7",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_8dadc",
                    table="orders_ordernotehistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="shipment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_shipmenthistory" ("account_id", "carrier", "direction", "id", "order_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sent_at", "state", "tracking_number") VALUES (NEW."account_id", NEW."carrier", NEW."direction", NEW."id", NEW."order_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."sent_at", NEW."state", NEW."tracking_number"); RETURN NULL;',
                    hash="ee8ec664a4517a8085bcf892a05fc61ee9d39377",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ba096",
                    table="orders_shipment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="shipment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "orders_shipmenthistory" ("account_id", "carrier", "direction", "id", "order_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sent_at", "state", "tracking_number") VALUES (NEW."account_id", NEW."carrier", NEW."direction", NEW."id", NEW."order_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."sent_at", NEW."state", NEW."tracking_number"); RETURN NULL;',
                    hash="309334c1945fc9a33fe613730777033b26eb4aaf",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_95ce7",
                    table="orders_shipment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="shipment",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "orders_shipmenthistory" ("account_id", "carrier", "direction", "id", "order_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sent_at", "state", "tracking_number") VALUES (OLD."account_id", OLD."carrier", OLD."direction", OLD."id", OLD."order_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."sent_at", OLD."state", OLD."tracking_number"); RETURN NULL;',
                    hash="0fa1a1e0184da92055ddc242357195571aea1450",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_adebb",
                    table="orders_shipment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="shipmenthistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="8748624ede09627f61cdec42834ff78fa8e52964",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f97b4",
                    table="orders_shipmenthistory",
                    when="BEFORE",
                ),
            ),
        ),
    ]
