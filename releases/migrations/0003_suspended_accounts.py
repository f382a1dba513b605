"""Accounts know themselves since when their service is suspended: from the log, for those that are."""

from django.db import migrations


def tell(apps, schema_editor):
    """Write the moment of the last suspension on each account whose service is suspended."""
    service, event = apps.get_model("releases", "Service"), apps.get_model("kernel", "AuditEvent")
    for row in service.objects.filter(state="suspended").select_related("account").iterator():
        told = event.objects.filter(subject_type="releases.Service", subject_id=row.pk, name="suspend")
        row.account.suspended_at = told.latest("id").at
        row.account.save(update_fields=["suspended_at"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_suspended"),
        ("kernel", "0005_tallies_and_acts"),
        ("releases", "0002_player_log_in"),
    ]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
