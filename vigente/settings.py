"""Every option of an installation, read once from the environment, with its default and a comment.

How the vendor *works* (plans, notice, order of attention) is not here: that is the rulebook, in the database.
"""

import os
import secrets
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(int(default))).strip().lower() in {"1", "true", "yes", "on"}


def _list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


# Where this installation keeps what must survive: database, attachments, its secret key.
DATA_DIR = Path(os.environ.get("VIGENTE_DATA", ROOT / "data")).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """SECRET_KEY from the environment, else one made once and kept beside the data (mode 600)."""
    given = os.environ.get("SECRET_KEY")
    if given:
        return given
    path = DATA_DIR / "secret-key"
    try:
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text().strip()


SECRET_KEY = _secret_key()
DEBUG = _flag("DEBUG")

# The address people use, without a trailing slash: links in mails, passkeys and the host check come from it.
BASE_URL = os.environ.get("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
_base = urlsplit(BASE_URL)
ALLOWED_HOSTS = _list("ALLOWED_HOSTS") or list(
    {_base.hostname or "127.0.0.1", "127.0.0.1", "localhost", "[::1]"}
)
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE = _base.scheme == "https"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "vigente.ui",  # before allauth: its templates override allauth's
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "ninja",
    "vigente.installation",
    "vigente.accounts",
    "vigente.events",
    "vigente.sla",
    "vigente.billing",
    "vigente.tickets",
    "vigente.mail",
    "vigente.webhooks",
    "vigente.automation",
    "vigente.trials",
    "vigente.bulk",
    "vigente.reports",
    "vigente.portal",
    "vigente.workspace",
    "vigente.api",
    "vigente.worker",
    "vigente.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "vigente.installation.middleware.AddressMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "vigente.installation.middleware.NowMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "vigente.accounts.middleware.OriginMiddleware",
    "vigente.accounts.middleware.ReaderMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "vigente.accounts.second_factor.SecondFactorMiddleware",
]

ROOT_URLCONF = "vigente.urls"
WSGI_APPLICATION = "vigente.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "vigente.installation.context.vendor",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "vigente.ui.templatetags.ui",
            ],
        },
    }
]


def _database(url: str) -> dict[str, object]:
    """A Django database from `sqlite:///path` (or a path) or `postgres://user:password@host:port/name`."""
    parts = urlsplit(url)
    if parts.scheme in {"postgres", "postgresql"}:
        query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(query.get("host", parts.hostname or "")),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    path = url.removeprefix("sqlite:///") if parts.scheme == "sqlite" else url
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            # One writer at a time, taken at the start: a transaction that reads and then writes can never fail halfway.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": (
                "PRAGMA journal_mode=WAL;"
                f"PRAGMA synchronous={os.environ.get('SQLITE_SYNCHRONOUS', 'FULL')};"
                "PRAGMA foreign_keys=ON;PRAGMA cache_size=-32000;PRAGMA temp_store=MEMORY;"
            ),
        },
    }


DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'vigente.sqlite3'}"
DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "vigente.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Vigente"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE

LANGUAGE_CODE = "es"
LANGUAGES = [("es", _("Español")), ("en", _("Inglés"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_COOKIE_SAMESITE = "Lax"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "vigente.ui.storage.StaticStorage"},
}
# Attachments lie outside any served folder; permission is checked on every read.
MEDIA_ROOT = DATA_DIR / "files"
ATTACHMENT_MAX_BYTES = int(os.environ.get("ATTACHMENT_MAX_BYTES", 20 * 1024 * 1024))
ATTACHMENT_MAX_PER_MESSAGE = int(os.environ.get("ATTACHMENT_MAX_PER_MESSAGE", 10))
UNDO_SEND_SECONDS = 10  # how long an agent may take a reply back
MESSAGE_MAX_CHARS = 100_000
# Printed documents, kept so that none is typeset twice. May be emptied at any time.
PRINT_DIR = DATA_DIR / "printed"
TRANSFER_PROOF_MAX_BYTES = 10 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Mail out. smtp://user:password@host:587?tls=starttls ; smtps://… ; console: ; log: (kept in the mail log only).
EMAIL_URL = os.environ.get("EMAIL_URL", "log:")
MAIL_FROM = os.environ.get("MAIL_FROM", "Soporte <soporte@localhost>")
# The domain of signed reply addresses (soporte+token@domain); defaults to the domain of MAIL_FROM.
MAIL_REPLY_DOMAIN = os.environ.get("MAIL_REPLY_DOMAIN") or parseaddr(MAIL_FROM)[1].rpartition("@")[2]
MAIL_MAX_BYTES = 25 * 1024 * 1024
# Mail in: imaps://user:password@host:993/INBOX is read as one more mailbox; others are set up in the workspace.
IMAP_URL = os.environ.get("IMAP_URL", "")
# How often a mailbox is looked into.
MAIL_POLL_SECONDS = int(os.environ.get("MAIL_POLL_SECONDS", 20))
DEFAULT_FROM_EMAIL = MAIL_FROM
EMAIL_BACKEND = "vigente.mail.backend.OutboxBackend"

# Webhooks go to https addresses of the public internet only. For a demonstration or a test: http and private ones, too.
WEBHOOKS_ALLOW_PRIVATE = _flag("WEBHOOKS_ALLOW_PRIVATE")

# Cards through Stripe; without a key no card is offered. STRIPE_API_BASE: another server of the same API, for tests.
STRIPE_SECRET_KEY = os.environ.get("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRET = os.environ.get("STRIPE_WEBHOOK_SECRET", "")
STRIPE_API_BASE = os.environ.get("STRIPE_API_BASE", "")

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
LOGGING_CONFIG = None
