import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """Room for it. The trigger is made anew first, so that filling it leaves no history rows."""

    dependencies = [
        ("patients", "0002_history_by_who"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="patient",
            name="update_update",
        ),
        migrations.AddField(
            model_name="patient",
            name="public_id",
            field=models.UUIDField(editable=False, null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="patient",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."address_lines" IS DISTINCT FROM (NEW."address_lines") OR OLD."address_note" IS DISTINCT FROM (NEW."address_note") OR OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."city" IS DISTINCT FROM (NEW."city") OR OLD."country" IS DISTINCT FROM (NEW."country") OR OLD."country_code" IS DISTINCT FROM (NEW."country_code") OR OLD."county" IS DISTINCT FROM (NEW."county") OR OLD."date_of_birth" IS DISTINCT FROM (NEW."date_of_birth") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."enrolled" IS DISTINCT FROM (NEW."enrolled") OR OLD."first_name" IS DISTINCT FROM (NEW."first_name") OR OLD."first_name_key" IS DISTINCT FROM (NEW."first_name_key") OR OLD."full_name" IS DISTINCT FROM (NEW."full_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."last_name" IS DISTINCT FROM (NEW."last_name") OR OLD."last_name_key" IS DISTINCT FROM (NEW."last_name_key") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."phone_e164" IS DISTINCT FROM (NEW."phone_e164") OR OLD."postcode" IS DISTINCT FROM (NEW."postcode") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."registered_at" IS DISTINCT FROM (NEW."registered_at") OR OLD."sex" IS DISTINCT FROM (NEW."sex") OR OLD."site_id" IS DISTINCT FROM (NEW."site_id"))',
                    func='INSERT INTO "patients_patienthistory" ("account_id", "address_lines", "address_note", "archived_at", "city", "country", "country_code", "county", "date_of_birth", "email", "enrolled", "first_name", "first_name_key", "full_name", "id", "last_name", "last_name_key", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_e164", "postcode", "reference", "registered_at", "sex", "site_id") VALUES (NEW."account_id", NEW."address_lines", NEW."address_note", NEW."archived_at", NEW."city", NEW."country", NEW."country_code", NEW."county", NEW."date_of_birth", NEW."email", NEW."enrolled", NEW."first_name", NEW."first_name_key", NEW."full_name", NEW."id", NEW."last_name", NEW."last_name_key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."phone_e164", NEW."postcode", NEW."reference", NEW."registered_at", NEW."sex", NEW."site_id"); RETURN NULL;',
                    hash="5eeab587c6a6888d63b41e786e4f4086f942ebc3",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_546ce",
                    table="patients_patient",
                    when="AFTER",
                ),
            ),
        ),
    ]
