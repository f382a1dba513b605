"""Addresses of the simulator."""

app_name = "simulator"
urlpatterns = []
