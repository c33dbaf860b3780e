"""Addresses of the ui: the page that shows every component, and example pages to copy."""

from django.urls import path

from vigente.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("examples/<slug:name>/", views.example, name="example"),
]
