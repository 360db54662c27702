import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import foundation.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        # Not needed by these tables: migrating other packages while few models are known
        # makes a first `migrate` several times faster.
        ("oauth2_provider", "0022_refreshtoken_token_family_index"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Patient",
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
                    "reference",
                    models.CharField(blank=True, db_collation="C", max_length=128, null=True),
                ),
                ("full_name", models.CharField(max_length=511, verbose_name="name")),
                ("first_name", models.CharField(blank=True, max_length=255)),
                ("last_name", models.CharField(max_length=255)),
                ("first_name_key", models.CharField(blank=True, editable=False, max_length=510)),
                ("last_name_key", models.CharField(editable=False, max_length=510)),
                ("date_of_birth", models.DateField(blank=True, null=True)),
                (
                    "sex",
                    models.CharField(
                        choices=[
                            ("female", "Female"),
                            ("male", "Male"),
                            ("other", "Other"),
                            ("unknown", "Not known"),
                        ],
                        default="unknown",
                        max_length=16,
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=64)),
                ("phone_e164", models.CharField(blank=True, editable=False, max_length=16)),
                ("enrolled", models.BooleanField(default=True)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("registered_at", models.DateTimeField(auto_now_add=True)),
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
                    "site",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.site",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "-id"], name="patients_newest_first"),
                    models.Index(
                        models.F("account"),
                        django.contrib.postgres.indexes.OpClass(
                            "last_name_key", name="varchar_pattern_ops"
                        ),
                        name="patients_by_last_name",
                    ),
                    models.Index(
                        models.F("account"),
                        django.contrib.postgres.indexes.OpClass(
                            "first_name_key", name="varchar_pattern_ops"
                        ),
                        name="patients_by_first_name",
                    ),
                    models.Index(
                        fields=["account", "date_of_birth"], name="patients_by_date_of_birth"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "id"), name="patient_is_found_within_its_account"
                    ),
                    models.UniqueConstraint(
                        fields=("account", "reference"), name="patient_reference_is_taken"
                    ),
                    foundation.constraints.SameAccount(
                        "site", name="patient_site_is_of_the_same_account"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PatientHistory",
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
                (
                    "reference",
                    models.CharField(blank=True, db_collation="C", max_length=128, null=True),
                ),
                ("full_name", models.CharField(max_length=511, verbose_name="name")),
                ("first_name", models.CharField(blank=True, max_length=255)),
                ("last_name", models.CharField(max_length=255)),
                ("first_name_key", models.CharField(blank=True, editable=False, max_length=510)),
                ("last_name_key", models.CharField(editable=False, max_length=510)),
                ("date_of_birth", models.DateField(blank=True, null=True)),
                (
                    "sex",
                    models.CharField(
                        choices=[
                            ("female", "Female"),
                            ("male", "Male"),
                            ("other", "Other"),
                            ("unknown", "Not known"),
                        ],
                        default="unknown",
                        max_length=16,
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=64)),
                ("phone_e164", models.CharField(blank=True, editable=False, max_length=16)),
                ("enrolled", models.BooleanField(default=True)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("registered_at", models.DateTimeField(auto_now_add=True)),
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
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="patients.patient",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="organisations.site",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PatientOrganisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("linked_at", models.DateTimeField(auto_now_add=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.account",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="organisations",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "constraints": [
                    foundation.constraints.SameAccount(
                        "patient", name="linked_patient_is_of_the_same_account"
                    ),
                    foundation.constraints.SameAccount(
                        "organisation", name="linked_organisation_is_of_the_same_account"
                    ),
                    models.UniqueConstraint(
                        fields=("patient", "organisation"), name="patient_is_linked_already"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PatientOrganisationHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("linked_at", models.DateTimeField(auto_now_add=True)),
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
                        to="patients.patientorganisation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="patient",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "patients_patienthistory" ("account_id", "address_lines", "address_note", "archived_at", "city", "country", "country_code", "county", "date_of_birth", "email", "enrolled", "first_name", "first_name_key", "full_name", "id", "last_name", "last_name_key", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_e164", "postcode", "reference", "registered_at", "sex", "site_id") VALUES (NEW."account_id", NEW."address_lines", NEW."address_note", NEW."archived_at", NEW."city", NEW."country", NEW."country_code", NEW."county", NEW."date_of_birth", NEW."email", NEW."enrolled", NEW."first_name", NEW."first_name_key", NEW."full_name", NEW."id", NEW."last_name", NEW."last_name_key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone", NEW."phone_e164", NEW."postcode", NEW."reference", NEW."registered_at", NEW."sex", NEW."site_id"); RETURN NULL;',
                    hash="6d86914a4d527cb3ed9a8114fd89d8f27a5ac75e",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_62165",
                    table="patients_patient",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="patient",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "patients_patienthistory" ("account_id", "address_lines", "address_note", "archived_at", "city", "country", "country_code", "county", "date_of_birth", "email", "enrolled", "first_name", "first_name_key", "full_name", "id", "last_name", "last_name_key", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_e164", "postcode", "reference", "registered_at", "sex", "site_id") VALUES (NEW."account_id", NEW."address_lines", NEW."address_note", NEW."archived_at", NEW."city", NEW."country", NEW."country_code", NEW."county", NEW."date_of_birth", NEW."email", NEW."enrolled", NEW."first_name", NEW."first_name_key", NEW."full_name", NEW."id", NEW."last_name", NEW."last_name_key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."phone_e164", NEW."postcode", NEW."reference", NEW."registered_at", NEW."sex", NEW."site_id"); RETURN NULL;',
                    hash="0aef2ebec40beac7ad04c8cd2613bb4fece31193",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_546ce",
                    table="patients_patient",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="patient",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "patients_patienthistory" ("account_id", "address_lines", "address_note", "archived_at", "city", "country", "country_code", "county", "date_of_birth", "email", "enrolled", "first_name", "first_name_key", "full_name", "id", "last_name", "last_name_key", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_e164", "postcode", "reference", "registered_at", "sex", "site_id") VALUES (OLD."account_id", OLD."address_lines", OLD."address_note", OLD."archived_at", OLD."city", OLD."country", OLD."country_code", OLD."county", OLD."date_of_birth", OLD."email", OLD."enrolled", OLD."first_name", OLD."first_name_key", OLD."full_name", OLD."id", OLD."last_name", OLD."last_name_key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone", OLD."phone_e164", OLD."postcode", OLD."reference", OLD."registered_at", OLD."sex", OLD."site_id"); RETURN NULL;',
                    hash="859aeaeaf4a9834f6361fec1f9e19e0c865223ff",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9898d",
                    table="patients_patient",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="patienthistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a4de9884829f2425f099143faea7a7dbba2d6571",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_d83d2",
                    table="patients_patienthistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="patientorganisation",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "patients_patientorganisationhistory" ("account_id", "id", "linked_at", "organisation_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."account_id", NEW."id", NEW."linked_at", NEW."organisation_id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="b9b384945d83a9d3cf7a91373e4398baa4fced6b",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_4976e",
                    table="patients_patientorganisation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="patientorganisation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "patients_patientorganisationhistory" ("account_id", "id", "linked_at", "organisation_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."account_id", NEW."id", NEW."linked_at", NEW."organisation_id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id"); RETURN NULL;',
                    hash="1b3a38fcd8ff4d440704846e45a086ffdc773076",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_339a0",
                    table="patients_patientorganisation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="patientorganisation",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "patients_patientorganisationhistory" ("account_id", "id", "linked_at", "organisation_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."account_id", OLD."id", OLD."linked_at", OLD."organisation_id", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id"); RETURN NULL;',
                    hash="a0d5a290bec2ed18c118df0d9beffbd032d3a366",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_82a80",
                    table="patients_patientorganisation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="patientorganisationhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e7cb29d6d50761cf59fe083797d0769c11820dc8",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_23e97",
                    table="patients_patientorganisationhistory",
                    when="BEFORE",
                ),
            ),
        ),
    ]
