"""Addresses of this stage: registration and log-in."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("register/", views.register, name="register"),
    path("register/types/", views.types, name="types"),
    path("register/agreements/", views.agreements, name="agreements"),
    path("register/mini-program/", views.register_mini_program, name="register_mini_program"),
    path("register/captcha.png", views.captcha, name="captcha"),
    path("register/activation/", views.activation, name="activation"),
    path("register/activation/resend/", views.resend, name="resend"),
    path("register/activation/email/", views.change_email, name="change_email"),
    path("register/activate/<str:token>/", views.activate, name="activate"),
    path("log-in/", views.log_in, name="log_in"),
    path("log-out/", views.log_out, name="log_out"),
]
