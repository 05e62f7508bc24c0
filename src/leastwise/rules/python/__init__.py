"""The rules that closed words cannot say: a package for each group, which lists its own."""

from leastwise.rules.format import Decider
from leastwise.rules.python import (
    boundary,
    credential,
    escalation,
    exposure,
    governance,
    trust,
    validity,
    wildcard,
)

PYTHON_RULES: tuple[tuple[str, Decider], ...] = (
    *boundary.RULES,
    *credential.RULES,
    *escalation.RULES,
    *exposure.RULES,
    *governance.RULES,
    *trust.RULES,
    *validity.RULES,
    *wildcard.RULES,
)
