"""A wallet keeps what a movement moved of its gift coins, and must add up."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    """Rename the column, and let the database check every wallet's sums."""

    dependencies = [("payments", "0002_settlement")]

    operations = [
        migrations.RenameField(model_name="wallet", old_name="gift_taken", new_name="gift_moved"),
        migrations.AlterField(
            model_name="wallet",
            name="gift_moved",
            field=models.BigIntegerField(
                default=0, help_text="What the last movement moved of the gift coins, for its entry to tell."
            ),
        ),
        migrations.AlterField(
            model_name="wallet",
            name="bought",
            field=models.BigIntegerField(
                default=0, help_text="All coins bought, less what was refunded (sum_save)."
            ),
        ),
        migrations.AddConstraint(
            model_name="wallet",
            constraint=models.CheckConstraint(
                condition=Q(paid=F("bought") + F("given") - F("spent") - F("gift")), name="a_wallet_adds_up"
            ),
        ),
    ]
