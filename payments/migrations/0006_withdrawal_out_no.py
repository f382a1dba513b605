"""A withdrawal that the account's own server asked for keeps that server's number."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_ledger_kinds")]

    operations = [
        migrations.AddField(
            model_name="withdrawal",
            name="out_no",
            field=models.CharField(
                blank=True, help_text="The number of the account's own server.", max_length=32
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.UniqueConstraint(
                fields=["account", "out_no"], name="one_withdrawal_per_out_no", condition=~Q(out_no="")
            ),
        ),
    ]
