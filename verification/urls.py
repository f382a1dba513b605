"""Addresses of this stage."""

app_name = "verification"
urlpatterns = []
