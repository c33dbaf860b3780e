"""Addresses of the ui."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
