"""The address map: portal and workspace under a language prefix, the API and machine addresses without."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from vigente.installation import views as installation_views
from vigente.portal.views.cards import stripe_webhook
from vigente.ui.second_factor import second_factor
from vigente.ui.sessions import session_end, sessions

urlpatterns = [
    path("healthz", installation_views.healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", include("vigente.api.urls")),
    path("webhooks/stripe", stripe_webhook, name="stripe_webhook"),
    *i18n_patterns(
        path("account/second-factor/", second_factor, name="account_second_factor"),
        path("account/sessions/", sessions, name="account_sessions"),
        path("account/sessions/<int:pk>/end/", session_end, name="account_session_end"),
        path("account/", include("allauth.urls")),
        path("desk/", include("vigente.workspace.urls")),
        path("ui/", include("vigente.ui.urls")),
        path("", include("vigente.portal.urls")),
    ),
]
