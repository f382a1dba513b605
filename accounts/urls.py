"""Addresses of this stage."""

app_name = "accounts"
urlpatterns = []
