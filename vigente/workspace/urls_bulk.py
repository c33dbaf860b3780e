"""Addresses of the workspace about many cases at once. See `urls`."""

from django.urls import path

from vigente.workspace.views import bulk

bulk_pages = [
    path("bulk/", bulk.bulk_list, name="bulk_list"),
    path("bulk/new/", bulk.bulk_new, name="bulk_new"),
    path("bulk/count/", bulk.bulk_count, name="bulk_count"),
    path("bulk/<int:pk>/", bulk.bulk, name="bulk"),
    path("bulk/<int:pk>/undo/", bulk.bulk_undo, name="bulk_undo"),
]
