"""Find the condition keys of a request under which some statements hold and others do not.

Keys are independent of each other, so each has its own options (what its values do to the
statements); a statement that must hold rules options out, one that must not hold needs a single
key that makes it fail.

A policy variable is a symbol wherever it stands for the value of a key. The key itself has any
value that conditions tell apart, or none: what is found is confirmed with one value for both.
"""

from typing import NamedTuple

from leastwise.semantics.automaton import join_tokens
from leastwise.semantics.conditions import Values, key_of
from leastwise.semantics.options import Fixed, Options, options
from leastwise.semantics.pattern import Pieces, tokenize
from leastwise.semantics.principals import account_of_arn, is_session
from leastwise.semantics.space import Asked, Space
from leastwise.semantics.terms import TermRow

Context = dict[str, Values]
TOO_MANY_WAYS = "there are too many ways to escape the statements by their conditions"
EFFORT_SPENT = "the question takes too much work"
_MOST_MASKS = 256


class Outcome(NamedTuple):
    """Hold the keys that were found; ``missing`` says why some may have been missed."""

    context: Context | None
    missing: str = ""


def find_context(
    space: Space, asked: Asked, terms: tuple[TermRow, TermRow], left: int = -1
) -> Outcome:
    """Find keys with which all of the first terms hold and none of the others.

    ``left`` is the bit set of the others that count. Only keys that matter are in the answer.
    What the question demands of keys holds too. INVARIANT: without keys and without ``missing``
    there are none.
    """
    positive, avoided = terms
    wanted = left & ((1 << len(avoided)) - 1)
    counted = tuple(t for i, t in enumerate(avoided) if wanted >> i & 1)
    if any(not t.conditions for t in counted):
        return Outcome(None)
    fixed = _fixed(space, asked, positive + counted)
    found: list[tuple[str, Options]] = []
    for key in _keys(space, positive + counted, fixed):
        if space.effort.spent:
            return Outcome(None, EFFORT_SPENT)
        row = options(space, asked, key, fixed.get(key), terms)
        if not row.found:
            return Outcome(None, row.missing)
        found.append((key, row))
    missing = next((row.missing for _, row in found if row.missing), "")
    return _join(found, wanted, missing)


def _join(found: list[tuple[str, Options]], wanted: int, missing: str) -> Outcome:
    escaped = 0
    for _, row in found:
        for fails, _ in row.found:
            escaped |= fails
    if wanted & ~escaped:
        return Outcome(None, missing)
    reached: dict[int, Context] = {0: {}}
    for key, row in found:
        reached, cut = _combine(reached, key, row, wanted)
        missing = missing or (TOO_MANY_WAYS if cut else "")
    context = reached.get(wanted)
    return Outcome(context, "" if context is not None else missing)


def _combine(
    reached: dict[int, Context], key: str, row: Options, wanted: int
) -> tuple[dict[int, Context], bool]:
    choices: dict[int, Values | None] = {}
    for fails, values in row.found:
        choices.setdefault(fails & wanted, values)
    combined: dict[int, Context] = {}
    for mask, context in reached.items():
        for fails, values in choices.items():
            if mask | fails not in combined:
                added = context if values is None else {**context, key: values}
                combined[mask | fails] = added
    if wanted in combined:
        return {wanted: combined[wanted]}, False
    maximal = [m for m in combined if not any(o != m and o & m == m for o in combined)]
    best = sorted(maximal, key=int.bit_count, reverse=True)[:_MOST_MASKS]
    return {mask: combined[mask] for mask in best}, len(best) < len(maximal)


def _keys(space: Space, terms: TermRow, fixed: dict[str, Fixed]) -> list[str]:
    keys = [name.lower() for name, _ in space.question.context]
    keys += [key_of(c) or "" for t in terms for c in t.conditions]
    return list(dict.fromkeys([*keys, *fixed]))


def _fixed(space: Space, asked: Asked, terms: TermRow) -> dict[str, Fixed]:
    """Return the keys that have one value: the caller's own.

    SOUND: over-approximates; a key that a policy variable names has any value here, whatever the
    variable stands for in the resource or in another key. What is found is confirmed with one.
    """
    holder = {k: v for k, v in space.holder.keys().items() if v is not None}
    if space.trust and asked.exact and asked.caller_type == "AWS":
        holder = {**_own_keys(asked.caller), **holder}
    used = {key_of(c) for t in terms for c in t.conditions}
    used |= {variable for t in terms for variable in t.variables}
    return {key: Fixed(value) for key, value in holder.items() if key in used}


def _own_keys(caller: Pieces) -> dict[str, Pieces]:
    """Return the keys that follow from the ARN of a role or user; a session's role has a path.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    row = tokenize(caller, plain=True) or ()
    account = join_tokens(account_of_arn(row))
    if "arn:" not in str(caller[0]):
        return {}
    # SOUND: over-approximates; a session's key holds the ARN of its role, whose path is not known.
    found = {} if is_session(row) else {"aws:principalarn": caller}
    if account:
        found["aws:principalaccount"] = account
    return found
