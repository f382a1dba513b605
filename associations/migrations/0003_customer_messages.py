# Written by hand: who followed before acted last when they followed.

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F


def acted_when_followed(apps, schema_editor):
    followers = apps.get_model("associations", "Follower").objects.using(schema_editor.connection.alias)
    followers.update(acted_at=F("followed_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_media"),
        ("associations", "0002_offered_to_scanners"),
        ("kernel", "0007_server_api"),
        ("outside", "0003_chat"),
    ]

    operations = [
        migrations.AddField(
            model_name="follower",
            name="acted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(acted_when_followed, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="follower",
            name="acted_at",
            field=models.DateTimeField(),
        ),
        migrations.AddField(
            model_name="follower",
            name="answers",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.CreateModel(
            name="CustomerMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[("from_follower", "From a follower"), ("to_follower", "To a follower")],
                        max_length=16,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("image", "Picture"),
                            ("news", "Link"),
                            ("miniprogrampage", "Mini Program card"),
                        ],
                        max_length=16,
                    ),
                ),
                ("content", models.JSONField()),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("content_type", models.CharField(blank=True, max_length=20)),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="outside.person"
                    ),
                ),
                (
                    "world",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="kernel.world"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "person", "-id"], name="customer_message_newest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("direction", "to_follower"), ("kind", "text"), _connector="OR"),
                        name="followers_write_text",
                    )
                ],
            },
        ),
    ]
