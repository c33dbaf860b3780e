"""Addresses of the API: its operations, its OpenAPI document, and a problem for every other."""

from django.urls import URLPattern, URLResolver, re_path

from vigente.api.app import api
from vigente.api.problems import as_problems, no_such_address

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [*api.urls[0], re_path(r"", no_such_address)]
for pattern in urlpatterns:
    pattern.callback = as_problems(no_such_address if pattern.name == "api-root" else pattern.callback)
