"""The one settings file. Everything that differs between machines is read from the environment here."""

from pathlib import Path

from rebook.config.database import database_settings
from rebook.config.env import env_bool, env_choice, env_list, env_path, env_str, env_url, secret_key

PACKAGE = Path(__file__).resolve().parent.parent

HOME = env_path("REBOOK_HOME", default=Path.home() / ".rebook")
DEBUG = env_bool("REBOOK_DEBUG", default=False)
SECRET_KEY = secret_key(home=HOME)
ALLOWED_HOSTS = env_list("REBOOK_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
# What patients see in links; never taken from a request (R-D33).
PUBLIC_URL = env_url("REBOOK_PUBLIC_URL", default="http://localhost:8000")
SNAPSHOT_DIRECTORY = HOME / "snapshots"
# CDSi supporting data that the organisation downloads; none is shipped (docs/immunisation.md).
IMMUNISATION_SCHEDULE = env_path("REBOOK_IMMUNISATION_SCHEDULE", default=HOME / "immunisation")
# Expanded FHIR ValueSets that the organisation is licensed for: a file or a folder; none is shipped.
VALUE_SETS = env_path("REBOOK_VALUE_SETS", default=HOME / "value-sets")
# Who judges whole populations: DuckDB in the process, or Spark at an address (docs/scale.md).
POPULATION_ENGINE = env_choice("REBOOK_POPULATION_ENGINE", ("duckdb", "spark"), default="duckdb")
SPARK_ADDRESS = env_str("REBOOK_SPARK_ADDRESS", default="")

DATABASES = {"default": database_settings(home=HOME, url=env_str("REBOOK_DATABASE_URL", default=""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    "rebook.accounts",
    "rebook.records",
    "rebook.work",
    "rebook.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # Last: it locks sign-ins after the request has been read.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "rebook.config.urls"
WSGI_APPLICATION = "rebook.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "rebook.web.jinja.environment"},
    },
    # allauth's own pages and e-mails are written for Django's engine.
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- who signs in ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Several people use one computer: a session ends with the browser at the latest.
ACCOUNT_SESSION_REMEMBER = False
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
# django-axes counts wrong passwords in the database, for all processes; allauth would count them twice.
ACCOUNT_RATE_LIMITS = {"login_failed": None}
# A whole clinic sits behind one address, so a lock is on the user, never on the address.
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_USERNAME_FORM_FIELD = "email"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"

# R-A122: server-side session end after inactivity.
SESSION_COOKIE_AGE = 15 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "rebook.web.patient.failures.csrf_failed"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SECURE_CONTENT_TYPE_NOSNIFF = True
# "no-referrer" makes browsers send "Origin: null" with our own forms, and the CSRF check refuses that.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- time, language, files ---------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en-us"
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Background jobs are imported by the worker alone, so that nothing else pays for them.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = None
PROCRASTINATE_IMPORT_PATHS = ["rebook.work.jobs"]

# Where ``email_smtp`` hands mail over. An empty host leaves the channel switched off.
SMTP_URL = env_str("REBOOK_SMTP_URL", default="")
SMTP_FROM = env_str("REBOOK_SMTP_FROM", default="")
# Where ``portal_fhir`` hands messages over. An empty address leaves the channel switched off.
PORTAL_FHIR_URL = env_str("REBOOK_PORTAL_FHIR_URL", default="")
PORTAL_FHIR_TOKEN = env_str("REBOOK_PORTAL_FHIR_TOKEN", default="")
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# Ids and counts only: nothing here may write a name, number or text (promise 12).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "rebook.work.logs.BareFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"rebook": {"level": env_str("REBOOK_LOG_LEVEL", default="INFO")}},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
