from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="patienthistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="patient_by_who",
            ),
        ),
        migrations.AddIndex(
            model_name="patientorganisationhistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="patientorganisation_by_who",
            ),
        ),
    ]
