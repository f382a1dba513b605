"""Every filter of the order inquiry, and every two of them, has an index that is in the list's order."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_ledger")]

    operations = [
        migrations.RemoveIndex(model_name="paymentorder", name="order_state"),
        migrations.AddIndex(
            model_name="paymentorder",
            index=models.Index(fields=["account", "transaction_number"], name="order_transaction"),
        ),
        migrations.AddIndex(
            model_name="paymentorder",
            index=models.Index(
                fields=["account", "environment", "state", "placed_at", "id"], name="order_state"
            ),
        ),
        migrations.AddIndex(
            model_name="paymentorder",
            index=models.Index(
                fields=["account", "partition", "environment", "state", "placed_at", "id"],
                name="order_partition_state",
            ),
        ),
    ]
