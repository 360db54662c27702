"""Programs may have two secrets for a while, and clients expire like keys."""

import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0003_invitations_and_last_seen"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="apiclient",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="apiclient",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="apiclient",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="apikey",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="apikey",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="apikey",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="apiclient",
            name="expires_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="expires"),
        ),
        migrations.AddField(
            model_name="apiclient",
            name="old_secret",
            field=models.CharField(blank=True, default="", editable=False, max_length=255),
        ),
        migrations.AddField(
            model_name="apiclient",
            name="old_secret_ends_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="apiclient",
            name="old_secret_used_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="apiclient",
            name="secret_used_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="apiclienthistory",
            name="expires_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="expires"),
        ),
        migrations.AddField(
            model_name="apiclienthistory",
            name="old_secret_ends_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="apikey",
            name="old_secret",
            field=models.CharField(blank=True, default="", editable=False, max_length=255),
        ),
        migrations.AddField(
            model_name="apikey",
            name="old_secret_ends_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="apikey",
            name="old_secret_used_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="apikey",
            name="secret_drawn_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddField(
            model_name="apikey",
            name="secret_used_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="apikeyhistory",
            name="old_secret_ends_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="apikeyhistory",
            name="secret_drawn_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AlterField(
            model_name="apiclient",
            name="last_used_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="last used"),
        ),
        migrations.AlterField(
            model_name="apikey",
            name="expires_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="expires"),
        ),
        migrations.AlterField(
            model_name="apikey",
            name="last_used_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="last used"),
        ),
        migrations.AlterField(
            model_name="apikeyhistory",
            name="expires_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="expires"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apiclient",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "organisations_apiclienthistory" ("account_id", "algorithm", "allowed_origins", "authorization_grant_type", "burst", "calls_a_minute", "cimd_expires_at", "client_id", "client_type", "created", "expires_at", "hash_client_secret", "id", "is_active", "name", "old_secret_ends_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "post_logout_redirect_uris", "redirect_uris", "registration_source", "scopes", "secret_drawn_at", "skip_authorization", "user_id") VALUES (NEW."account_id", NEW."algorithm", NEW."allowed_origins", NEW."authorization_grant_type", NEW."burst", NEW."calls_a_minute", NEW."cimd_expires_at", NEW."client_id", NEW."client_type", NEW."created", NEW."expires_at", NEW."hash_client_secret", NEW."id", NEW."is_active", NEW."name", NEW."old_secret_ends_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."post_logout_redirect_uris", NEW."redirect_uris", NEW."registration_source", NEW."scopes", NEW."secret_drawn_at", NEW."skip_authorization", NEW."user_id"); RETURN NULL;',
                    hash="191121ff062762e71b7f187413cba68797c0884d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d82b7",
                    table="organisations_apiclient",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apiclient",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."algorithm" IS DISTINCT FROM (NEW."algorithm") OR OLD."allowed_origins" IS DISTINCT FROM (NEW."allowed_origins") OR OLD."authorization_grant_type" IS DISTINCT FROM (NEW."authorization_grant_type") OR OLD."burst" IS DISTINCT FROM (NEW."burst") OR OLD."calls_a_minute" IS DISTINCT FROM (NEW."calls_a_minute") OR OLD."cimd_expires_at" IS DISTINCT FROM (NEW."cimd_expires_at") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."client_type" IS DISTINCT FROM (NEW."client_type") OR OLD."created" IS DISTINCT FROM (NEW."created") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."hash_client_secret" IS DISTINCT FROM (NEW."hash_client_secret") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."old_secret_ends_at" IS DISTINCT FROM (NEW."old_secret_ends_at") OR OLD."post_logout_redirect_uris" IS DISTINCT FROM (NEW."post_logout_redirect_uris") OR OLD."redirect_uris" IS DISTINCT FROM (NEW."redirect_uris") OR OLD."registration_source" IS DISTINCT FROM (NEW."registration_source") OR OLD."scopes" IS DISTINCT FROM (NEW."scopes") OR OLD."secret_drawn_at" IS DISTINCT FROM (NEW."secret_drawn_at") OR OLD."skip_authorization" IS DISTINCT FROM (NEW."skip_authorization") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))',
                    func='INSERT INTO "organisations_apiclienthistory" ("account_id", "algorithm", "allowed_origins", "authorization_grant_type", "burst", "calls_a_minute", "cimd_expires_at", "client_id", "client_type", "created", "expires_at", "hash_client_secret", "id", "is_active", "name", "old_secret_ends_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "post_logout_redirect_uris", "redirect_uris", "registration_source", "scopes", "secret_drawn_at", "skip_authorization", "user_id") VALUES (NEW."account_id", NEW."algorithm", NEW."allowed_origins", NEW."authorization_grant_type", NEW."burst", NEW."calls_a_minute", NEW."cimd_expires_at", NEW."client_id", NEW."client_type", NEW."created", NEW."expires_at", NEW."hash_client_secret", NEW."id", NEW."is_active", NEW."name", NEW."old_secret_ends_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."post_logout_redirect_uris", NEW."redirect_uris", NEW."registration_source", NEW."scopes", NEW."secret_drawn_at", NEW."skip_authorization", NEW."user_id"); RETURN NULL;',
                    hash="a0a5eb123157d12214e6052db8660d512e347fc3",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_79b8a",
                    table="organisations_apiclient",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apiclient",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "organisations_apiclienthistory" ("account_id", "algorithm", "allowed_origins", "authorization_grant_type", "burst", "calls_a_minute", "cimd_expires_at", "client_id", "client_type", "created", "expires_at", "hash_client_secret", "id", "is_active", "name", "old_secret_ends_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "post_logout_redirect_uris", "redirect_uris", "registration_source", "scopes", "secret_drawn_at", "skip_authorization", "user_id") VALUES (OLD."account_id", OLD."algorithm", OLD."allowed_origins", OLD."authorization_grant_type", OLD."burst", OLD."calls_a_minute", OLD."cimd_expires_at", OLD."client_id", OLD."client_type", OLD."created", OLD."expires_at", OLD."hash_client_secret", OLD."id", OLD."is_active", OLD."name", OLD."old_secret_ends_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."post_logout_redirect_uris", OLD."redirect_uris", OLD."registration_source", OLD."scopes", OLD."secret_drawn_at", OLD."skip_authorization", OLD."user_id"); RETURN NULL;',
                    hash="d2232bf1802bd83db29db0f529d79bfe1d1adf7d",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_7ce9d",
                    table="organisations_apiclient",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apikey",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "organisations_apikeyhistory" ("account_id", "burst", "calls_a_minute", "created_at", "expires_at", "id", "is_active", "name", "old_secret_ends_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "purpose", "scopes", "secret_drawn_at") VALUES (NEW."account_id", NEW."burst", NEW."calls_a_minute", NEW."created_at", NEW."expires_at", NEW."id", NEW."is_active", NEW."name", NEW."old_secret_ends_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."prefix", NEW."purpose", NEW."scopes", NEW."secret_drawn_at"); RETURN NULL;',
                    hash="a612cdf0120578270e42ce406e5b75432f9331f9",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_fdca5",
                    table="organisations_apikey",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apikey",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."burst" IS DISTINCT FROM (NEW."burst") OR OLD."calls_a_minute" IS DISTINCT FROM (NEW."calls_a_minute") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."old_secret_ends_at" IS DISTINCT FROM (NEW."old_secret_ends_at") OR OLD."prefix" IS DISTINCT FROM (NEW."prefix") OR OLD."purpose" IS DISTINCT FROM (NEW."purpose") OR OLD."scopes" IS DISTINCT FROM (NEW."scopes") OR OLD."secret_drawn_at" IS DISTINCT FROM (NEW."secret_drawn_at"))',
                    func='INSERT INTO "organisations_apikeyhistory" ("account_id", "burst", "calls_a_minute", "created_at", "expires_at", "id", "is_active", "name", "old_secret_ends_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "purpose", "scopes", "secret_drawn_at") VALUES (NEW."account_id", NEW."burst", NEW."calls_a_minute", NEW."created_at", NEW."expires_at", NEW."id", NEW."is_active", NEW."name", NEW."old_secret_ends_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."prefix", NEW."purpose", NEW."scopes", NEW."secret_drawn_at"); RETURN NULL;',
                    hash="1dd1cb1b8c40a35a7d2e3e5707e82c984d685d13",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_fc607",
                    table="organisations_apikey",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apikey",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "organisations_apikeyhistory" ("account_id", "burst", "calls_a_minute", "created_at", "expires_at", "id", "is_active", "name", "old_secret_ends_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "purpose", "scopes", "secret_drawn_at") VALUES (OLD."account_id", OLD."burst", OLD."calls_a_minute", OLD."created_at", OLD."expires_at", OLD."id", OLD."is_active", OLD."name", OLD."old_secret_ends_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."prefix", OLD."purpose", OLD."scopes", OLD."secret_drawn_at"); RETURN NULL;',
                    hash="9a4702e93d6c79a8aff92f5c9de2fe3c8d65b061",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ed407",
                    table="organisations_apikey",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="apiclient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("old_secret", ""), ("old_secret_ends_at", None)),
                    models.Q(
                        models.Q(("old_secret", ""), _negated=True),
                        ("old_secret_ends_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="older_secret_of_a_client_has_an_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("old_secret", ""), ("old_secret_ends_at", None)),
                    models.Q(
                        models.Q(("old_secret", ""), _negated=True),
                        ("old_secret_ends_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="older_secret_of_a_key_has_an_end",
            ),
        ),
        migrations.RunSQL(
            # Keys that are there already: their secret is as old as they are, and a key for v3 that
            # was given no scope may do what a new one may.
            "UPDATE organisations_apikey SET secret_drawn_at = created_at, "
            "scopes = CASE WHEN purpose = 'v3' AND scopes = '{}' THEN '{orders}' ELSE scopes END",
            migrations.RunSQL.noop,
        ),
    ]
