"""Long-lived credentials in code: what closed words cannot say."""

from leastwise.rules.format import Decider
from leastwise.rules.python.credential import (
    access_key_in_code,
    password_in_code,
    secret_in_output,
    user_admin,
)

RULES: tuple[tuple[str, Decider], ...] = (
    ("credential/access-key-in-code", access_key_in_code.decide),
    ("credential/password-in-code", password_in_code.decide),
    ("credential/secret-in-output", secret_in_output.decide),
    ("credential/user-admin", user_admin.decide),
)
