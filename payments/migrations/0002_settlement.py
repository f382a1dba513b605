"""What a month's share was taken of, what refunds of earlier months give back, and why the bank refused."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="settlement",
            name="earlier_fen",
            field=models.BigIntegerField(
                default=0, help_text="Refunded of orders that earlier months settled."
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="settlement",
            name="share_fen",
            field=models.BigIntegerField(
                default=0, help_text="The platform's share of this month's own orders."
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="settlement",
            name="given_back_fen",
            field=models.BigIntegerField(
                default=0, help_text="Share given back for refunds of earlier months."
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="settlement",
            name="fee_fen",
            field=models.BigIntegerField(
                help_text="What the platform keeps: its share, less what it gives back."
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.CheckConstraint(
                condition=Q(fee_fen=F("share_fen") - F("given_back_fen"))
                & Q(gross_fen__gte=F("refunded_fen") - F("earlier_fen")),
                name="a_share_adds_up",
            ),
        ),
        migrations.AlterField(
            model_name="withdrawal",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("closed", "The deposit account is closed at the bank."),
                    ("unknown", "The bank does not know the deposit account any more."),
                    ("short", "The platform's account at the bank held less than that."),
                    ("refused", "The bank refused the payment."),
                ],
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="withdrawal",
            index=models.Index(fields=["account"], name="withdrawal_open", condition=Q(state="on_its_way")),
        ),
        migrations.AddIndex(
            model_name="paymentorder",
            index=models.Index(
                fields=["account", "paid_at", "id"],
                name="order_paid",
                condition=Q(environment=0, paid_at__isnull=False),
            ),
        ),
    ]
