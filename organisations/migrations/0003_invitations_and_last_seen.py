import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.fields.json
import django.db.models.functions.text
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import foundation.constraints
import foundation.ids


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0002_history_by_who"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
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
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("clinic_staff", "Clinic staff"),
                                ("clinic_manager", "Clinic manager"),
                                ("clinician", "Clinician"),
                                ("operator", "Operator"),
                                ("stock_lead", "Stock lead"),
                                ("account_manager", "Account manager"),
                                ("auditor", "Auditor"),
                                ("administrator", "Administrator"),
                            ],
                            max_length=32,
                        ),
                        size=None,
                    ),
                ),
                ("all_organisations", models.BooleanField(default=True)),
                ("nonce", models.CharField(editable=False, max_length=32)),
                ("invited_at", models.DateTimeField(auto_now_add=True)),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="InvitationHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("public_id", models.UUIDField(default=foundation.ids.public_id, editable=False)),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("clinic_staff", "Clinic staff"),
                                ("clinic_manager", "Clinic manager"),
                                ("clinician", "Clinician"),
                                ("operator", "Operator"),
                                ("stock_lead", "Stock lead"),
                                ("account_manager", "Account manager"),
                                ("auditor", "Auditor"),
                                ("administrator", "Administrator"),
                            ],
                            max_length=32,
                        ),
                        size=None,
                    ),
                ),
                ("all_organisations", models.BooleanField(default=True)),
                ("invited_at", models.DateTimeField(auto_now_add=True)),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="InvitationOrganisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InvitationOrganisationHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="membership",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="user",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="user",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="user",
            name="delete_delete",
        ),
        # Each row that is there gets an id of its own, which a default could not give it.
        migrations.AddField(
            model_name="membership",
            name="public_id",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.RunSQL(
            "UPDATE organisations_membership SET public_id = gen_random_uuid()",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="membership",
            name="public_id",
            field=models.UUIDField(default=foundation.ids.public_id, editable=False, unique=True),
        ),
        migrations.AddField(
            model_name="user",
            name="last_seen_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="session_epoch",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="userhistory",
            name="session_epoch",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."all_organisations" IS DISTINCT FROM (NEW."all_organisations") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."roles" IS DISTINCT FROM (NEW."roles") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))',
                    func='INSERT INTO "organisations_membershiphistory" ("account_id", "all_organisations", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "roles", "user_id") VALUES (NEW."account_id", NEW."all_organisations", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."roles", NEW."user_id"); RETURN NULL;',
                    hash="0f751448a3c7c961fc533b998de137d361ba734c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8973b",
                    table="organisations_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "organisations_userhistory" ("email", "full_name", "id", "is_active", "is_superuser", "joined_at", "password_set_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_epoch") VALUES (NEW."email", NEW."full_name", NEW."id", NEW."is_active", NEW."is_superuser", NEW."joined_at", NEW."password_set_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."session_epoch"); RETURN NULL;',
                    hash="ef44da49a220c664d2081ae10f463107c0935e73",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_33dc2",
                    table="organisations_user",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."full_name" IS DISTINCT FROM (NEW."full_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."joined_at" IS DISTINCT FROM (NEW."joined_at") OR OLD."password_set_at" IS DISTINCT FROM (NEW."password_set_at") OR OLD."session_epoch" IS DISTINCT FROM (NEW."session_epoch"))',
                    func='INSERT INTO "organisations_userhistory" ("email", "full_name", "id", "is_active", "is_superuser", "joined_at", "password_set_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_epoch") VALUES (NEW."email", NEW."full_name", NEW."id", NEW."is_active", NEW."is_superuser", NEW."joined_at", NEW."password_set_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."session_epoch"); RETURN NULL;',
                    hash="dcfbffd59265664ce39078349879cebbb005833c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_15754",
                    table="organisations_user",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "organisations_userhistory" ("email", "full_name", "id", "is_active", "is_superuser", "joined_at", "password_set_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_epoch") VALUES (OLD."email", OLD."full_name", OLD."id", OLD."is_active", OLD."is_superuser", OLD."joined_at", OLD."password_set_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."session_epoch"); RETURN NULL;',
                    hash="1e4187bc497afdc0e2d335de9444bdf8cbc99d61",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_3f541",
                    table="organisations_user",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invitations",
                to="organisations.account",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="invited_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="invitationhistory",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="organisations.account",
            ),
        ),
        migrations.AddField(
            model_name="invitationhistory",
            name="invited_by",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="invitationhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="organisations.invitation",
            ),
        ),
        migrations.AddField(
            model_name="invitationorganisation",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="organisations.account",
            ),
        ),
        migrations.AddField(
            model_name="invitationorganisation",
            name="invitation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="organisations",
                to="organisations.invitation",
            ),
        ),
        migrations.AddField(
            model_name="invitationorganisation",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="organisations.organisation",
            ),
        ),
        migrations.AddField(
            model_name="invitationorganisationhistory",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="organisations.account",
            ),
        ),
        migrations.AddField(
            model_name="invitationorganisationhistory",
            name="invitation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="organisations.invitation",
            ),
        ),
        migrations.AddField(
            model_name="invitationorganisationhistory",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="organisations.organisation",
            ),
        ),
        migrations.AddField(
            model_name="invitationorganisationhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="organisations.invitationorganisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                fields=("account", "id"), name="invitation_is_found_within_its_account"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("accepted_at", None), ("withdrawn_at", None)),
                fields=("account", "email"),
                name="address_has_one_open_invitation",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                name="invited_address_is_lower_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("roles__contained_by", ["clinic_manager", "clinic_staff", "clinician"])
                ),
                name="invitation_is_to_the_roles_of_a_clinic",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("roles__len__gte", 1)), name="invitation_has_a_role"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("accepted_at", None), ("withdrawn_at", None), _connector="OR"),
                name="invitation_is_not_both_accepted_and_withdrawn",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "organisations_invitationhistory" ("accepted_at", "account_id", "all_organisations", "email", "expires_at", "id", "invited_at", "invited_by_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "roles", "sent_at", "withdrawn_at") VALUES (NEW."accepted_at", NEW."account_id", NEW."all_organisations", NEW."email", NEW."expires_at", NEW."id", NEW."invited_at", NEW."invited_by_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."public_id", NEW."roles", NEW."sent_at", NEW."withdrawn_at"); RETURN NULL;',
                    hash="7d75d0946a87dd8442aa0c7ba3f82fc6a2622f45",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_1cad2",
                    table="organisations_invitation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."accepted_at" IS DISTINCT FROM (NEW."accepted_at") OR OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."all_organisations" IS DISTINCT FROM (NEW."all_organisations") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."invited_at" IS DISTINCT FROM (NEW."invited_at") OR OLD."invited_by_id" IS DISTINCT FROM (NEW."invited_by_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."roles" IS DISTINCT FROM (NEW."roles") OR OLD."sent_at" IS DISTINCT FROM (NEW."sent_at") OR OLD."withdrawn_at" IS DISTINCT FROM (NEW."withdrawn_at"))',
                    func='INSERT INTO "organisations_invitationhistory" ("accepted_at", "account_id", "all_organisations", "email", "expires_at", "id", "invited_at", "invited_by_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "roles", "sent_at", "withdrawn_at") VALUES (NEW."accepted_at", NEW."account_id", NEW."all_organisations", NEW."email", NEW."expires_at", NEW."id", NEW."invited_at", NEW."invited_by_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."public_id", NEW."roles", NEW."sent_at", NEW."withdrawn_at"); RETURN NULL;',
                    hash="301dce0292b575b0a84e51b6b41d70a12baf78c2",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8905b",
                    table="organisations_invitation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "organisations_invitationhistory" ("accepted_at", "account_id", "all_organisations", "email", "expires_at", "id", "invited_at", "invited_by_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "roles", "sent_at", "withdrawn_at") VALUES (OLD."accepted_at", OLD."account_id", OLD."all_organisations", OLD."email", OLD."expires_at", OLD."id", OLD."invited_at", OLD."invited_by_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."public_id", OLD."roles", OLD."sent_at", OLD."withdrawn_at"); RETURN NULL;',
                    hash="76e2018dcac0ec0658092e1e5628580d396025ba",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_b87bd",
                    table="organisations_invitation",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="invitationhistory",
            index=models.Index(
                django.db.models.fields.json.KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="invitation_by_who",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitationhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="35b1acca88d7ce449c076917baadd2ba0f712843",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a5f97",
                    table="organisations_invitationhistory",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="invitationorganisation",
            constraint=foundation.constraints.SameAccount(
                "invitation", name="listed_invitation_is_of_the_same_account"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitationorganisation",
            constraint=foundation.constraints.SameAccount(
                "organisation", name="invited_organisation_is_of_the_same_account"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitationorganisation",
            constraint=models.UniqueConstraint(
                fields=("invitation", "organisation"),
                name="organisation_is_in_the_invitation_already",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitationorganisation",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "organisations_invitationorganisationhistory" ("account_id", "id", "invitation_id", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."account_id", NEW."id", NEW."invitation_id", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="ba06312f0adddf8e00383df1e66ec07de1121096",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_91966",
                    table="organisations_invitationorganisation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitationorganisation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "organisations_invitationorganisationhistory" ("account_id", "id", "invitation_id", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."account_id", NEW."id", NEW."invitation_id", NEW."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id"); RETURN NULL;',
                    hash="2c8628efccf9dcdc0a98af5d8f7c3e00dfb1b16a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e547c",
                    table="organisations_invitationorganisation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitationorganisation",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "organisations_invitationorganisationhistory" ("account_id", "id", "invitation_id", "organisation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."account_id", OLD."id", OLD."invitation_id", OLD."organisation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id"); RETURN NULL;',
                    hash="8c364abaab5bbf7ea7492070ffd6fb716d9b877b",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9965a",
                    table="organisations_invitationorganisation",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="invitationorganisationhistory",
            index=models.Index(
                django.db.models.fields.json.KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="invitationorganisation_by_who",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitationorganisationhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="27e11886a2a0fcb67ab9e0070a3a72084a18f0e4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_6bbdb",
                    table="organisations_invitationorganisationhistory",
                    when="BEFORE",
                ),
            ),
        ),
    ]
