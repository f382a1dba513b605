"""Addresses of the console's frame."""

app_name = "console"
urlpatterns = []
