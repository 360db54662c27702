from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform


class Migration(migrations.Migration):
    dependencies = [
        ("studies", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="studyhistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="study_by_who",
            ),
        ),
    ]
