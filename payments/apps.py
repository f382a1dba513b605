"""Payment as a Django app."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class PaymentsConfig(AppConfig):
    """Registers this stage's confirmations, deadlines, reviews and invariants."""

    name = "payments"
    verbose_name = pgettext_lazy("desk", "Payments")
