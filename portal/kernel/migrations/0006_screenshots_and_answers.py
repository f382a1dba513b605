import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0005_tallies_and_acts"),
    ]

    operations = [
        migrations.AddField(
            model_name="reviewmessage",
            name="from_applicant",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="Screenshot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                (
                    "verdict",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="screenshots",
                        to="kernel.verdict",
                    ),
                ),
                (
                    "world",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="kernel.world"),
                ),
            ],
        ),
    ]
