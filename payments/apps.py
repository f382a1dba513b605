"""Payment as a Django app."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class PaymentsConfig(AppConfig):
    """Registers this stage's confirmations, deadlines, reviews and invariants."""

    name = "payments"
    verbose_name = pgettext_lazy("desk", "Payments")

    def ready(self) -> None:
        """Register handlers."""
        from payments import (  # noqa: F401, PLC0415 -- app ready
            api,
            breaches_coin,
            breaches_income,
            breaches_ledger,
            breaches_opening,
            breaches_orders,
            breaches_settlement,
            clearing,
            coin_desk,
            desk_wechat_pay,
        )
        from payments.actions import (  # noqa: F401, PLC0415 -- app ready
            agreement,
            coin,
            coin_keys,
            deposit,
            partitions,
            purchases,
            refunds,
            settlements,
            wechat_pay,
            withdrawals,
        )
        from portal.kernel.breaches import register  # noqa: PLC0415 -- app ready

        register(breaches_coin.coin_breaches)
        register(breaches_income.breaches)
        register(breaches_ledger.breaches)
        register(breaches_opening.opening_breaches)
        register(breaches_orders.breaches)
        register(breaches_settlement.breaches)
