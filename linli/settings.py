"""Every setting of Linli in one file, driven by the environment.

LINLI_HOME          folder for what must not be in the database: keyring, signed heads, files, backups
LINLI_DATABASE_URL  sqlite:///path or postgresql://user:password@host:port/name
LINLI_DEBUG         1 while developing; never on a server
LINLI_HOSTS         host names the site answers to, comma separated
LINLI_HTTPS         1 behind TLS: secure cookies, HSTS
LINLI_SECRET_KEY    instead of the file `secret_key` in the home
LINLI_CLAMD         the virus scanner for files: the socket of ClamAV's clamd, or host:port
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from linli.databases import database_from_url

SOURCE = Path(__file__).resolve().parent
HOME = Path(os.environ.get("LINLI_HOME") or SOURCE.parent / "var").resolve()
DEBUG = os.environ.get("LINLI_DEBUG") == "1"


def _secret_key() -> str:
    """The key Django signs sessions with: made once, kept in LINLI_HOME, readable by its owner only."""
    if from_environment := os.environ.get("LINLI_SECRET_KEY"):
        return from_environment
    path = HOME / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        HOME.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(50))
        except FileExistsError:  # another process was quicker
            pass
        return path.read_text().strip()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = [
    host for host in os.environ.get("LINLI_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host
]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host != "*"]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # Ours stand before the libraries': where both have a word or a template, ours is taken.
    "linli.ground",
    "linli.history",
    "linli.org",
    "linli.access",
    "linli.ledger",
    "linli.incidents",
    "linli.visits",
    "linli.surveys",
    "linli.cases",
    "linli.disputes",
    "linli.committee",
    "linli.inspections",
    "linli.hazards",
    "linli.places",
    "linli.patrols",
    "linli.emergencies",
    "linli.gatepass",
    "linli.lost_property",
    "linli.entrusted_keys",
    "linli.home_watch",
    "linli.home_services",
    "linli.care_visits",
    "linli.publicity",
    "linli.meetings",
    "linli.training",
    "linli.duty",
    "linli.design",
    "linli.desk",
    "linli.publicsite",
    "linli.api",
    "linli.operations",
    "linli.demo",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "django_prometheus",
    "ninja",
]
INSTALLED_APPS = [
    app
    for app in INSTALLED_APPS
    if not app.startswith("linli.") or (SOURCE / app.split(".")[1] / "__init__.py").exists()
]

# Which matter causes what in another ledger (linli/ledger/acts/reacting.py loads it by this name).
REACTIONS = "linli.reactions"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "linli.access.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "linli.urls"
WSGI_APPLICATION = "linli.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "linli.design.context.nav",
            ],
        },
    }
]

DATABASES = {
    "default": database_from_url(
        os.environ.get("LINLI_DATABASE_URL") or f"sqlite:///{HOME}/linli.sqlite3"
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "org.Staff"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Pages work straight from a checkout: files are found in the apps when nothing was collected.
WHITENOISE_USE_FINDERS = not (STATIC_ROOT / "staticfiles.json").exists()
if WHITENOISE_USE_FINDERS:
    STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
MEDIA_ROOT = HOME / "files"

# A form may hold many rows of people; a file is streamed to disk, never held in memory.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = ["linli.ledger.files.taking_in.BoundedUploads"]
CLAMD = os.environ.get("LINLI_CLAMD", "")

# What a page says after an act names the matter: that is kept here, never in a cookie of theirs.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if os.environ.get("LINLI_HTTPS") == "1":
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Personal data stays out of logs: requests are logged by their route, never by their path or query.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "linli.logs.WithoutWords",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "filters": {"route_only": {"()": "linli.logs.RouteOnly"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "requests": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["route_only"],
        },
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "linli": {"level": "INFO"},
        "django.request": {"handlers": ["requests"], "propagate": False},
        "django.security": {"handlers": ["requests"], "propagate": False},
    },
}

from linli.access.signin_settings import *  # noqa: E402, F403 - allauth, axes and sessions, beside their code
