"""Addresses of payment orders and of what they bring in."""

from django.urls import path

from payments.views import income, orders, refunds

urlpatterns = [
    path("console/payment/orders/", orders.orders, name="orders"),
    path("console/payment/orders/export/", orders.export, name="orders_export"),
    path("console/payment/orders/<slug:number>/", orders.order, name="order"),
    path("console/payment/orders/<slug:number>/refund/", refunds.refund, name="order_refund"),
    path("console/payment/income/", income.income, name="income"),
]
