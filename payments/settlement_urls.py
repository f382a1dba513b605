"""Addresses of settlements, their statements, the reconciliation and withdrawals."""

from django.urls import path

from payments.views import bills, reconciliation, settlements, withdrawals

urlpatterns = [
    path("console/payment/settlements/", settlements.settlements, name="settlements"),
    path("console/payment/settlements/<str:month>/", settlements.settlement, name="settlement"),
    path("console/payment/settlements/<str:month>/<str:day>.csv", settlements.statement, name="statement"),
    path("console/payment/reconciliation/", reconciliation.reconciliation, name="reconciliation"),
    path("console/payment/withdrawals/", withdrawals.withdrawals, name="withdrawals"),
    path("bills/<str:ticket>.csv", bills.bill, name="bill"),
]
