"""Addresses of this stage: WeChat Pay, virtual payment, the game coin, orders, settlement."""

from payments.coin_urls import urlpatterns as coining
from payments.opening_urls import urlpatterns as opening
from payments.order_urls import urlpatterns as ordering
from payments.settlement_urls import urlpatterns as settling

app_name = "payments"
urlpatterns = [*opening, *coining, *ordering, *settling]
