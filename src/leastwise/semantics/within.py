"""Decide a request for a pattern of resources: whether any resource that it matches is allowed.

A request to AWS has one resource; those who ask for ``arn:aws:s3:::bucket/*`` want to know
whether there is one. For each combination of statements that a resource of the pattern can match
one resource is decided.
"""

from leastwise.iam.policy import Patterns
from leastwise.semantics.actions import info
from leastwise.semantics.automaton import Clause, all_cells
from leastwise.semantics.decide import context_lookup, decide, variables_live
from leastwise.semantics.model import Decision, EffectiveAccess, Request
from leastwise.semantics.paths import policies_of
from leastwise.semantics.pattern import FRESH, Lookup, arn_tokens, compile_glob, tokenize

_FILL = "example"


def is_pattern(request: Request) -> bool:
    """Tell whether a request asks for a pattern: with a wildcard, and not because it must.

    An action without resource types always has the resource ``*``.
    """
    if "*" not in request.resource and "?" not in request.resource:
        return False
    known = info(request.action)
    return known is None or known.supports_resource


def decide_within(request: Request, access: EffectiveAccess) -> Decision:
    """Decide the request for the resources of its pattern; the most favourable answer counts.

    What is not known counts against it, as in ``decide``. A pattern that meets more combinations
    of statements than the automaton can visit is decided as far as that goes.
    """
    decisions = [decide(request._replace(resource=r), access) for r in _resources(request, access)]
    if not decisions:
        return decide(request, access)
    order = ("allowed", "implicitly-denied", "explicitly-denied")
    return min(decisions, key=lambda decision: order.index(decision.outcome))


def _resources(request: Request, access: EffectiveAccess) -> list[str]:
    lookup = context_lookup(request)
    asked = Clause((compile_glob(arn_tokens(tokenize((request.resource,)) or (), crossing=True)),))
    clauses = {
        _clause(statement.resources, lookup if variables_live(policy.document) else None): None
        for policy in policies_of(access)
        for statement in policy.document.statements
        if statement.resources is not None
    }
    cells = all_cells((asked, *clauses))
    texts = ("".join(p for p in value if isinstance(p, str)) for m, value in cells.found if m & 1)
    return [text.replace(FRESH, _FILL) for text in texts]


def _clause(patterns: Patterns, lookup: Lookup | None) -> Clause:
    rows = (tokenize(p.pieces, lookup) for p in patterns.globs)
    return Clause(
        tuple(compile_glob(arn_tokens(r, crossing=False)) for r in rows if r is not None),
        patterns.negated,
    )
