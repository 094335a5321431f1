"""Settings, all from the environment. Without any: SQLite, a broker of files, mail to the console, one machine."""

from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from planradar import secret_keys

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
secret_keys.make_private(DATA_DIR)
DATABASE_URL = env.str("DATABASE_URL", default="")
EMBEDDED = not DATABASE_URL
REDIS_URL = env.str("REDIS_URL", default="")
DEBUG = env.bool("DEBUG", default=False)
DEMO_INBOX = DEBUG
PORT = env.int("PORT", default=8000)
HAS_BASE_URL = bool(env.str("BASE_URL", default=""))
BASE_URL = env.str("BASE_URL", default=f"http://localhost:{PORT}").rstrip("/")  # what links in mails begin with


def _key(name: str) -> str:
    return env.str(name, default="") or secret_keys.read_or_make(name, directory=DATA_DIR / "keys", may_make=EMBEDDED)


SECRET_KEY = _key("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # retired ones, which still read
SALT_KEY = [key.strip() for key in _key("SALT_KEYS").split(",")]
AUDIT_KEYS = [key.strip() for key in _key("AUDIT_KEYS").split(",")]
TOKEN_PEPPERS = [pepper.strip() for pepper in _key("TOKEN_PEPPERS").split(",")]
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])  # networks, and `unix` for a socket file
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS if host != "*"]

# Parts

INSTALLED_APPS = [
    "planradar",
    "planradar.demo",
    "accounts",
    "tokens",
    "webhooks",
    "tickets",
    "connect",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "django_htmx",
    "lucide",
    "ninja",
]
API_PREFIXES = ("/api/v1/", "/api/v2/", "/api/leaked_tokens", "/api/files/")  # where no session counts
MIDDLEWARE = [
    "lib.client_ip.client_address",
    "planradar.middleware.head_as_get",
    "planradar.middleware.closed_to_others",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "planradar.middleware.compressed",
    "tokens.api.middleware.api_frame",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.profile.session_limits.limited",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.login_required",
    "accounts.middleware.current_membership",
    "accounts.profile.second_factor_gate.second_factor",
    "django_htmx.middleware.HtmxMiddleware",
    "planradar.middleware.refuse_values_out_of_range",
]
ROOT_URLCONF = "planradar.urls"
WSGI_APPLICATION = "planradar.wsgi.application"
FORM_RENDERER = "planradar.forms.Renderer"
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
                "accounts.context_processors.frame",
                "planradar.help.guide",
            ],
        },
    }
]

# Data

DATABASES = {
    "default": environ.Env.db_url_config(DATABASE_URL or f"sqlite:///{DATA_DIR}/db.sqlite3"),
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA cache_size=-16000;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = None
else:
    # A pool, because a worker thread that waits for a receiver gives its connection back. It gives up soon,
    # so that the next use tries again: with the pool's own pauses, which double, an outage of 30 seconds
    # would last a minute, and what was sent in that time would be sent again.
    DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 0, "max_size": 16, "timeout": 10, "reconnect_timeout": 5}}
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "lib.fallback_cache.SteadyCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {
            "serializer": "lib.fallback_cache.JsonSerializer",
            "socket_timeout": 1,  # seconds
            "socket_connect_timeout": 1,
        },
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
MEDIA_ROOT = DATA_DIR / "media"
ATTACHMENT_QUOTA = env.int("ATTACHMENT_QUOTA_GIB", default=50) * 1024**3  # bytes of files in one account
DATA_UPLOAD_MAX_MEMORY_SIZE = 40 * 1024 * 1024  # a photo of 25 MiB in base64, and its frame
FILE_UPLOAD_PERMISSIONS = 0o600

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.profile.password_rules.LengthValidator"},  # first: nothing else reads what is too long
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email"]},
    },
    {"NAME": "accounts.profile.password_rules.ContextValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_PAGES = ("/projects/", "/settings/", "/users/", "/api/docs/")  # lead to the account used last
NEVER_MOUNTED = ("/accounts/", "/admin/", "/api/v", "/api/leaked_tokens", "/demo/", "/health/", "/metrics", "/static/")
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.profile.forms.SignInForm",
    "reauthenticate": "accounts.profile.forms.ReauthenticateForm",
    "reset_password": "accounts.profile.forms.ResetPasswordForm",
    "change_password": "accounts.profile.forms.ChangePasswordForm",
    "reset_password_from_key": "accounts.profile.forms.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/300s/key",  # the key is the e-mail with the address that the attempt comes from
    "login_failed_anywhere": "20/h/key",  # by e-mail: see accounts.profile.sign_in_guard
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_ADAPTER = "accounts.profile.second_factor.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.profile.second_factor.AuthenticateOnceForm",
    "reauthenticate": "accounts.profile.second_factor.ReauthenticateOnceForm",
    "activate_totp": "accounts.profile.second_factor.ActivateOnceForm",
    "add_webauthn": "accounts.profile.second_factor.AddKeyForm",
}
SECOND_FACTOR_TERM_DAYS = env.int("SECOND_FACTOR_TERM_DAYS", default=14)  # for staff, and those an owner names
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds, before and after
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come from those who manage users, and are proved by the invitation
USERSESSIONS_TRACK_ACTIVITY = False  # a write at every request is too much for what it tells

# Language and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("pl", _("Polish")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["planradar.formats"]
TIME_ZONE = "UTC"
USE_TZ = True

# Static files

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static", ("guide", BASE_DIR / "docs" / "pictures")]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Safety

# Of everything that is no page: files, redirects, answers of the API. Nothing in them may run or be framed.
CLOSED_CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own
SESSION_SERIALIZER = "lib.encrypted.EncryptedJsonSerializer"
SESSION_IDLE_HOURS = env.int("SESSION_IDLE_HOURS", default=72)
SESSION_LONGEST_HOURS = env.int("SESSION_LONGEST_HOURS", default=14 * 24)
SESSION_COOKIE_AGE = SESSION_LONGEST_HOURS * 3600  # seconds
SESSION_COOKIE_HTTPONLY = True
DEVICE_COOKIE_NAME = "device"  # which browsers a person has used: see accounts.profile.devices
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "accounts.profile.views.csrf_failure"
if not DEBUG:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    # Browsers take these names from this very host alone, over HTTPS: no sister domain can set one.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    DEVICE_COOKIE_NAME = "__Host-device"

# Mail

globals().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 30  # seconds for each step, so that a mail that hangs ends before its lease does
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="PlanRadar <noreply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", default="support@localhost")
METRICS_TOKEN = env.str("METRICS_TOKEN", default="") or (_key("METRICS_TOKEN") if EMBEDDED else "")
CONNECT_NOTIFY = env.str("CONNECT_NOTIFY", default="customer-success@localhost")

# API and webhooks

API_RATE_LIMIT = env.int("API_RATE_LIMIT", default=30)  # requests per 60 seconds and account
WEBHOOK_ALLOWED_NETWORKS = env.list("WEBHOOK_ALLOWED_NETWORKS", default=["127.0.0.0/8", "::1/128"] if DEBUG else [])
WEBHOOK_CA_FILES = env.list("WEBHOOK_CA_FILES", default=[])  # authorities trusted beside the public ones
WEBHOOK_MAX_IN_FLIGHT = env.int("WEBHOOK_MAX_IN_FLIGHT", default=64)  # requests to one receiver at once
WEBHOOK_RETENTION_DAYS = env.int("WEBHOOK_RETENTION_DAYS", default=30)

# Celery: it carries out, the database knows. So no results, no retries, and a broker that may be lost.

CELERY_BROKER_URL = REDIS_URL or "filesystem-broker://localhost/"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        # Seconds: a dead Redis must fail a wake-up fast, never hold up the request that sent it.
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
        "max_retries": 1,
        "interval_start": 0,
    }
    if REDIS_URL
    else {
        "data_folder_in": DATA_DIR / "broker" / "queue",
        "data_folder_out": DATA_DIR / "broker" / "queue",
        "control_folder": DATA_DIR / "broker" / "control",
        "processed_folder": DATA_DIR / "broker" / "processed",
        "polling_interval": 0.05,  # seconds
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]  # nothing that a broker could turn into code
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "upkeep"  # mails and regular tasks, which never wait behind deliveries
CELERY_TASK_ROUTES = {"webhooks.tasks.sweep": {"queue": "deliveries"}}  # it shows that deliveries are taken up
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BEAT_SCHEDULER = "planradar.beat:Scheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "tickets.sweep_jobs": {
        "task": "tickets.tasks.sweep_jobs",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},
    },
    "webhooks.sweep": {
        "task": "webhooks.tasks.sweep",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},  # seconds
    },
    "webhooks.retain": {
        "task": "webhooks.tasks.retain",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600},
    },
    "tokens.collect_usage": {
        "task": "tokens.tasks.collect_usage",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "tokens.revoke_reported": {
        "task": "tokens.tasks.revoke_reported",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "tickets.sweep_thumbnails": {
        "task": "tickets.tasks.sweep_thumbnails",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "tokens.forget_answers": {
        "task": "tokens.tasks.forget_answers",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "tokens.remind": {
        "task": "tokens.tasks.remind",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600},
    },
    "tokens.forget_usage": {
        "task": "tokens.tasks.forget_usage",
        "schedule": timedelta(days=1),
        "options": {"expires": 3600},
    },
    "connect.digest": {
        "task": "connect.tasks.digest",
        "schedule": crontab(hour="6", minute="0", day_of_week="mon-fri"),  # UTC
        "options": {"expires": 12 * 3600},  # late rather than never; twice a day it is not sent
    },
    "accounts.forget_what_is_over": {
        "task": "accounts.tasks.forget_what_is_over",
        "schedule": timedelta(days=1),
        "options": {"expires": 3600},
    },
    "accounts.sweep_mail": {
        "task": "accounts.tasks.sweep_mail",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "bare": {"format": "%(message)s"},  # a line of JSON already
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain"},
        "security": {"class": "logging.StreamHandler", "formatter": "bare"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "planradar": {"level": "INFO"},
        "planradar.security": {"handlers": ["security"], "propagate": False},
        "webhooks": {"level": "INFO"},
        "celery": {"level": "WARNING"},
    },
}
