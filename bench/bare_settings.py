"""The floor: Linli's settings without its middleware, routes, or connection checks."""

from linli.settings import *  # noqa: F403
from linli.settings import DATABASES

INSTALLED_APPS = []
MIDDLEWARE = []
ROOT_URLCONF = "bench.bare"
DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
