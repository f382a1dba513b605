"""Addresses of this stage: name, photo, introduction and service categories."""

from django.urls import path

from information.views import categories, information, introduction, naming, photo, proofs

app_name = "information"
urlpatterns = [
    path("console/information/", information.information, name="information"),
    path("console/information/name/", naming.name, name="name"),
    path("console/information/name/code/", naming.show_code, name="name_code"),
    path("console/information/name/drop/", naming.drop, name="name_drop"),
    path("console/information/short-name/", naming.short_name, name="short_name"),
    path("console/information/photo/", photo.change_photo, name="change_photo"),
    path("console/information/introduction/", introduction.change_introduction, name="change_introduction"),
    path("console/information/categories/", categories.categories, name="categories"),
    path("console/information/categories/add/", categories.add_category, name="add_category"),
    path(
        "console/information/categories/<id:category_id>/remove/",
        categories.remove_category,
        name="remove_category",
    ),
    path("console/information/proofs/<id:proof_id>/", proofs.proof, name="proof"),
    path("photos/<id:account_id>/<slug:sha256>.png", photo.photo, name="photo"),
]
