"""Addresses of the workspace about many cases at once, and the palette. See `urls`."""

from django.urls import path

from vigente.workspace.views import bulk, palette

bulk_pages = [
    path("palette/", palette.palette, name="palette"),
    path("bulk/", bulk.bulk_list, name="bulk_list"),
    path("bulk/new/", bulk.bulk_new, name="bulk_new"),
    path("bulk/count/", bulk.bulk_count, name="bulk_count"),
    path("bulk/<int:pk>/", bulk.bulk, name="bulk"),
    path("bulk/<int:pk>/undo/", bulk.bulk_undo, name="bulk_undo"),
]
