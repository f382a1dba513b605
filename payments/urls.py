"""Addresses of this stage: WeChat Pay, virtual payment, the game coin, orders, settlement."""

from payments.opening_urls import urlpatterns as opening

app_name = "payments"
urlpatterns = [*opening]
