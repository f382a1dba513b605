"""Payment as a Django app."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class PaymentsConfig(AppConfig):
    """Registers this stage's confirmations, deadlines, reviews and invariants."""

    name = "payments"
    verbose_name = pgettext_lazy("desk", "Payments")

    def ready(self) -> None:
        """Register handlers."""
        from payments import desk_wechat_pay  # noqa: F401, PLC0415 -- app ready
        from payments.actions import agreement, deposit, wechat_pay  # noqa: F401, PLC0415 -- app ready
        from payments import (  # noqa: F401, PLC0415 -- app ready
            breaches_coin,
            coin_desk,
        )
        from payments.actions import coin, coin_keys, partitions  # noqa: F401, PLC0415 -- app ready
        from payments import breaches_orders, clearing  # noqa: F401, PLC0415 -- app ready
        from payments.actions import purchases  # noqa: F401, PLC0415 -- app ready
        from payments.actions import settlements, withdrawals  # noqa: F401, PLC0415 -- app ready
        from payments import breaches_settlement  # noqa: PLC0415 -- app ready
        from portal.kernel.breaches import register  # noqa: PLC0415 -- app ready

        register(breaches_coin.coin_breaches)
        register(breaches_orders.breaches)
        register(breaches_settlement.breaches)
