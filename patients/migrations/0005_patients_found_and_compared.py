import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import foundation.ids
import patients.matching


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0004_give_public_ids"),
    ]

    operations = [
        migrations.AlterField(
            model_name="patient",
            name="public_id",
            field=models.UUIDField(default=foundation.ids.public_id, editable=False, unique=True),
        ),
        migrations.RemoveIndex(
            model_name="patient",
            name="patients_by_last_name",
        ),
        migrations.RemoveIndex(
            model_name="patient",
            name="patients_by_first_name",
        ),
        migrations.RemoveIndex(
            model_name="patient",
            name="patients_by_date_of_birth",
        ),
        migrations.AddIndex(
            model_name="patient",
            index=django.contrib.postgres.indexes.GinIndex(
                patients.matching.NameWords("first_name_key", "last_name_key"),
                name="patients_by_words_of_name",
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                models.F("account"),
                patients.matching.Spelling("reference"),
                name="patients_by_spelling",
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                models.F("account"),
                models.F("date_of_birth"),
                patients.matching.LastWord("last_name_key"),
                name="patients_by_birth",
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                fields=["account", "-id"],
                condition=models.Q(archived_at__isnull=False),
                name="patients_archived",
            ),
        ),
        migrations.AddIndex(
            model_name="patientorganisation",
            index=models.Index(
                fields=["organisation", "patient"], name="patients_of_an_organisation"
            ),
        ),
        migrations.AlterField(
            model_name="patientorganisation",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.organisation",
            ),
        ),
    ]
