"""Settings of sign-in: allauth, axes, sessions. `linli.settings` takes them over with `*`.

No mail is sent and nobody signs up: an administrator makes the accounts. Nothing here stores the
address a person signs in from: attempts are counted by user name alone.
"""

from __future__ import annotations

LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/sign-in/"

ACCOUNT_ADAPTER = "linli.access.signin.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_FORMS = {"login": "linli.access.forms.SignInForm"}
# allauth counts by address in one process's memory; axes counts by name in the database instead.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "reset_password": None,
    "reset_password_from_key": None,
    "signup": None,
    "request_login_code": None,
    "confirm_email": None,
    "verify_phone": None,
}

MFA_ADAPTER = "linli.access.signin.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Linli"
MFA_TOTP_TOLERANCE = 1  # phones and servers of a closed network are seldom exactly on time
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "linli.access.forms.CodeForm",
    "reauthenticate": "linli.access.forms.CodeAgainForm",
}

AXES_FAILURE_LIMIT = "linli.access.signin.tries_allowed"
AXES_COOLOFF_TIME = "linli.access.signin.lockout_time"
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_LOCKOUT_CALLABLE = "linli.access.signin.locked_out"
AXES_USERNAME_CALLABLE = "linli.access.signin.name_tried"
AXES_CLIENT_IP_CALLABLE = "linli.access.signin.no_address"
AXES_CLIENT_STR_CALLABLE = "linli.access.signin.nobody_in_logs"
AXES_SENSITIVE_PARAMETERS = ["username", "login", "code", "next", "ip_address"]
AXES_RESET_ON_SUCCESS = True
# Trying on while locked out does not lock the owner out for longer.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# Counting by address as well would store addresses and lock out a whole station behind one.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]

# The idle time-out is a rule (`session.idle`) and kept by ActorMiddleware; this is the longest a
# signed-in browser can stay open at all.
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

CSRF_FAILURE_VIEW = "linli.access.lapsed_forms.csrf_failed"
