"""Addresses of this stage: WeChat Pay, virtual payment, the game coin, orders, settlement."""

from django.urls import URLPattern

app_name = "payments"
urlpatterns: list[URLPattern] = []
