import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_member_group"),
        ("kernel", "0005_tallies_and_acts"),
        ("outside", "0003_chat"),
        ("releases", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlayerLogIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("given_at", models.DateTimeField()),
                ("exchanged_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="accounts.account"),
                ),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="outside.person"),
                ),
                (
                    "world",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="kernel.world"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "person"), name="one_log_in_per_player")
                ],
            },
        ),
    ]
