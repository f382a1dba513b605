"""Addresses of message push."""

from django.urls import path

from pushes.views import deliveries

app_name = "pushes"
urlpatterns = [
    path("console/development-settings/pushes/", deliveries.deliveries, name="deliveries"),
    path("console/development-settings/pushes/check/", deliveries.check, name="check"),
    path("console/development-settings/pushes/replay/", deliveries.replay, name="replay"),
    path("console/development-settings/pushes/<id:push_id>/", deliveries.delivery, name="delivery"),
    path("console/development-settings/pushes/<id:push_id>/resend/", deliveries.resend, name="resend"),
]
