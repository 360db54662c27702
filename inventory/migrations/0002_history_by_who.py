from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="accountcataloguehistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="accountcatalogue_by_who",
            ),
        ),
        migrations.AddIndex(
            model_name="itemhistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="item_by_who",
            ),
        ),
        migrations.AddIndex(
            model_name="kithistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="kit_by_who",
            ),
        ),
        migrations.AddIndex(
            model_name="kititemhistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="kititem_by_who",
            ),
        ),
        migrations.AddIndex(
            model_name="manufacturerhistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="manufacturer_by_who",
            ),
        ),
        migrations.AddIndex(
            model_name="studykithistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="studykit_by_who",
            ),
        ),
    ]
