"""Settings. Everything a deployment may change comes from the environment.

The variables and their meaning are the running contract: see docs/operations.md.
"""

import os
import secrets
import sys
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from portal import hosts

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("PORTAL_DATA_DIR") or BASE_DIR / "var").resolve()
TESTING = "pytest" in sys.modules


def flag(name: str, *, default: bool = False) -> bool:
    """Return whether the environment switches `name` on (1, true, yes, on)."""
    value = os.environ.get(name)
    return default if value is None else value.strip().lower() in {"1", "true", "yes", "on"}


def listed(name: str) -> list[str]:
    """Return the comma-separated values of the environment variable `name`."""
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def kept_secret(variable: str, file_name: str) -> str:
    """Return a secret from the environment, else one made once and kept in the data directory.

    Every process of one installation must read the same value, so the file is created
    exclusively and whoever comes second reads what the first wrote.
    """
    if value := os.environ.get(variable):
        return value
    path = DATA_DIR / file_name
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = DATA_DIR / f".{file_name}.{os.getpid()}"
    if not path.exists():
        fresh.write_text(secrets.token_urlsafe(48))
        fresh.chmod(0o600)
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()


# --- security -----------------------------------------------------------------------------

DEBUG = flag("PORTAL_DEBUG")
SECRET_KEY = kept_secret("PORTAL_SECRET_KEY", "secret-key")
OWN_HOSTS = listed("PORTAL_ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]
TLS_BIND = os.environ.get("PORTAL_TLS_BIND", "").strip()  # where the platform's names are served
PROXY_BIND = os.environ.get("PORTAL_PROXY_BIND", "").strip()  # a proxy that leads to them
ALLOWED_HOSTS = [*OWN_HOSTS, *hosts.PLATFORM] if TLS_BIND else OWN_HOSTS
HTTPS = flag("PORTAL_HTTPS")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in OWN_HOSTS] if HTTPS else []
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # probes come by plain HTTP, past the proxy
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # preloading is for the owner of the domain to ask for
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "portal.sessions"
SESSION_COOKIE_NAME = "__Host-console" if HTTPS else "console"
DESK_COOKIE_NAME = "desk"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.views.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_HANDLERS = ["portal.kernel.uploads.BoundedUploadHandler"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "img-src": [SELF],
        "style-src": [SELF],
        "script-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- applications -------------------------------------------------------------------------

INSTALLED_APPS = [
    "portal.kernel",
    "portal.outside",
    "accounts",
    "pushes",
    "platforms",
    "verification",
    "information",
    "releases",
    "payments",
    "associations",
    "portal.console",
    "portal.simulator",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "portal.middleware.PlatformHostsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.RequestMiddleware",
    "portal.middleware.TwoSessionsMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.middleware.WorldMiddleware",
    "portal.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.console.context.frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

AUTH_USER_MODEL = "accounts.Login"
AUTHENTICATION_BACKENDS = ["accounts.backends.LoginBackend"]
LOGIN_URL = "accounts:log_in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.LettersAndDigitsValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher"
    if TESTING
    else "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "accounts.hashers.MachineMadeHasher",  # for what no person chose
]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- data ---------------------------------------------------------------------------------


def database(url: str) -> dict[str, object]:
    """Return Django's description of the database at `url`, or of the embedded SQLite file."""
    if not url:
        DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "portal.sqlite3",
            # Opening the file for each request would cost as much as the queries of a page.
            "CONN_MAX_AGE": None,
            # Tests race on a file of their own: in memory, SQLite has no lock that two could wait for.
            "TEST": {"NAME": DATA_DIR / f"test-{os.getpid()}.sqlite3"},
            "OPTIONS": {
                # Deferred transactions that upgrade to writing fail at once under load.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": "3",
            "prepare_threshold": 5,  # for portal/kernel/prepared.py alone: Django's cursors prepare nothing
            "options": "-c lock_timeout=3s -c statement_timeout=10s"
            " -c idle_in_transaction_session_timeout=30s",
            **dict(parse_qsl(parts.query)),
        },
    }


DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Celery: a doorbell, never a memory ---------------------------------------------------

REDIS_URL = os.environ.get("REDIS_URL", "")
BROKER_DIR = DATA_DIR / "broker"

# --- language, time, static ---------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "portal" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG or TESTING
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- the portal ---------------------------------------------------------------------------

OPEN_WORLDS = flag("PORTAL_OPEN_WORLDS")
CONTROL_KEY = os.environ.get("PORTAL_CONTROL_KEY", "").strip()  # the control API is there if this is
PUSH_ALLOWLIST = frozenset(map(str.lower, listed("PORTAL_PUSH_ALLOWLIST")))  # local receivers: host:port
SMTP_URL = os.environ.get("PORTAL_SMTP_URL", "")
PRODUCT_NAME = _("Greenroom")

# --- logs: one JSON object a line on stderr, without secrets ------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "portal.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Django's own handlers go: they would write each line again, in another shape, and by mail.
        "django": {"handlers": [], "level": "WARNING"},
        "portal": {"level": "INFO"},
        "accounts": {"level": "INFO"},
        "pushes": {"level": "INFO"},
        "platforms": {"level": "INFO"},
        "verification": {"level": "INFO"},
        "information": {"level": "INFO"},
        "releases": {"level": "INFO"},
        "payments": {"level": "INFO"},
        "associations": {"level": "INFO"},
    },
}
