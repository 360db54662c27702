import django.contrib.postgres.fields
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import foundation.constraints
import foundation.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisations", "0001_initial"),
        ("patients", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Study",
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
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("order", "Order"),
                            ("in_house", "In-house"),
                            ("referral", "Referral"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reference", models.CharField(db_collation="C", max_length=128)),
                ("nights", models.PositiveSmallIntegerField()),
                (
                    "sensors",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("neck", "Neck sensor"), ("oximeter", "Oximeter")],
                            max_length=16,
                        ),
                        default=list,
                        size=2,
                    ),
                ),
                (
                    "emits_on",
                    models.CharField(
                        choices=[
                            ("complete", "When the result is complete"),
                            ("reviewed", "When a clinician has reviewed it"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("created", "Waiting for the patient to start"),
                            ("activated", "Activated by the patient"),
                            ("in_progress", "Recording"),
                            ("finished", "Finished"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="created",
                        max_length=16,
                    ),
                ),
                ("activation_code", models.CharField(editable=False, max_length=8, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "studies",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "id"), name="study_is_found_within_its_account"
                    ),
                    models.UniqueConstraint(
                        fields=("account", "channel", "reference"), name="study_reference_is_taken"
                    ),
                    foundation.constraints.SameAccount(
                        "patient", name="study_patient_is_of_the_same_account"
                    ),
                    foundation.constraints.SameAccount(
                        "organisation", name="study_organisation_is_of_the_same_account"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("nights__gte", 1), ("nights__lte", 30)),
                        name="study_nights_are_1_to_30",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sensors__contains", ["neck"])),
                        name="study_has_the_neck_sensor",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StudyHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("public_id", models.UUIDField(default=foundation.ids.public_id, editable=False)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("order", "Order"),
                            ("in_house", "In-house"),
                            ("referral", "Referral"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reference", models.CharField(db_collation="C", max_length=128)),
                ("nights", models.PositiveSmallIntegerField()),
                (
                    "sensors",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("neck", "Neck sensor"), ("oximeter", "Oximeter")],
                            max_length=16,
                        ),
                        default=list,
                        size=2,
                    ),
                ),
                (
                    "emits_on",
                    models.CharField(
                        choices=[
                            ("complete", "When the result is complete"),
                            ("reviewed", "When a clinician has reviewed it"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("created", "Waiting for the patient to start"),
                            ("activated", "Activated by the patient"),
                            ("in_progress", "Recording"),
                            ("finished", "Finished"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="created",
                        max_length=16,
                    ),
                ),
                ("activation_code", models.CharField(editable=False, max_length=8)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
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
                        to="studies.study",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="study",
            trigger=pgtrigger.compiler.Trigger(
                name="study_takes_legal_steps",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{activated:cancelled,activated:in_progress,created:activated,created:cancelled,in_progress:cancelled,in_progress:finished}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="781d3ed4836514bb8020a2ec7a0324fb48d7b46e",
                    operation="UPDATE",
                    pgid="pgtrigger_study_takes_legal_steps_4e881",
                    table="studies_study",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="study",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "studies_studyhistory" ("account_id", "activation_code", "channel", "created_at", "emits_on", "id", "nights", "organisation_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "reference", "sensors", "status") VALUES (NEW."account_id", NEW."activation_code", NEW."channel", NEW."created_at", NEW."emits_on", NEW."id", NEW."nights", NEW."organisation_id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."public_id", NEW."reference", NEW."sensors", NEW."status"); RETURN NULL;',
                    hash="cfe09b93d469656cdc570c796487834fe12a99e3",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f60b6",
                    table="studies_study",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="study",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "studies_studyhistory" ("account_id", "activation_code", "channel", "created_at", "emits_on", "id", "nights", "organisation_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "reference", "sensors", "status") VALUES (NEW."account_id", NEW."activation_code", NEW."channel", NEW."created_at", NEW."emits_on", NEW."id", NEW."nights", NEW."organisation_id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."public_id", NEW."reference", NEW."sensors", NEW."status"); RETURN NULL;',
                    hash="808f5133702ded1f099a44362d10cfae5bbdebd6",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8013b",
                    table="studies_study",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="study",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "studies_studyhistory" ("account_id", "activation_code", "channel", "created_at", "emits_on", "id", "nights", "organisation_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "reference", "sensors", "status") VALUES (OLD."account_id", OLD."activation_code", OLD."channel", OLD."created_at", OLD."emits_on", OLD."id", OLD."nights", OLD."organisation_id", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."public_id", OLD."reference", OLD."sensors", OLD."status"); RETURN NULL;',
                    hash="db76b0a9c3f8ba0441be2656d48a31510a9f9ea9",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_6aa33",
                    table="studies_study",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="studyhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f062d7a41c4fcc16210d49c4fc1dc46f8b0c42f5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_4253e",
                    table="studies_studyhistory",
                    when="BEFORE",
                ),
            ),
        ),
    ]
