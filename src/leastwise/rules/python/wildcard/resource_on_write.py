"""wildcard/resource-on-write: a statement lets its holder change every resource.

Counted are known actions that write, manage permissions or tag, and that could be limited to
resources (Service Authorization Reference). A condition that not every request meets makes the
grant a limited one.
"""

from leastwise.iam.policy import Pattern, Statement
from leastwise.iam.project import Policy
from leastwise.rules.arns import UNNAMED, segments, spelled
from leastwise.rules.cases import Case
from leastwise.rules.gain import strength
from leastwise.rules.hits import Hit
from leastwise.rules.known import only_statement, restored
from leastwise.rules.model import LEVELS, Level
from leastwise.rules.python.wildcard.service_admin import listed
from leastwise.semantics.access import allows_all
from leastwise.semantics.actions import ActionInfo, action_index, info
from leastwise.semantics.model import Answer, EffectiveAccess, RequestPattern
from leastwise.semantics.pattern import action_matches, resource_matches

MESSAGE = "{subject} may call {actions} on every resource, although {it} can be limited to some"
CHANGES = ("Write", "Permissions management", "Tagging")
ASKED = 24
MISSES = 4
"""Actions asked in vain before a statement counts as one that its conditions limit."""
SHOWN = 3

Open = tuple[str, Answer]


def decide(case: Case) -> tuple[Hit, ...]:
    """Make one hit for each statement."""
    if not case.access.identity:
        return ()
    policy = case.access.identity[0]
    found = []
    for index, statement in enumerate(policy.document.statements):
        if _is_wide(statement):
            hit = _judge(case, policy, index, statement)
            found += [] if hit is None else [hit]
    return tuple(found)


def _is_wide(statement: Statement) -> bool:
    """Sort out at once what names its resources."""
    resources = statement.resources
    if statement.effect != "Allow" or statement.actions.negated:
        return False
    if resources is None or resources.negated:
        return False
    return any(isinstance(p, str) and "*" in p for g in resources.globs for p in g.pieces)


def _judge(case: Case, policy: Policy, index: int, statement: Statement) -> Hit | None:
    changes = _changes(statement)
    if not changes:
        return None
    part = only_statement(policy, index)
    access = case.access._replace(identity=(part, *case.access.identity[1:]))
    reaching = [known for known in changes if _may_reach_all(known, statement)]
    found: list[Open] = []
    for count, known in enumerate(reaching[:ASKED]):
        if found and _is_plain(access, statement):
            found.append((known.name, _by_name(found[0][1], known.name, statement)))
            continue
        if not found and count >= MISSES:
            break
        answer = _on_every(access, known, statement)
        if answer is not None:
            found.append((known.name, restored(answer, policy, part)))
    return _hit(found, len(reaching) > ASKED) if found else None


def _by_name(answer: Answer, action: str, statement: Statement) -> Answer:
    """Return the answer for another action of a plain statement, with the string that names it."""
    globs = statement.actions.globs
    named = next((g for g in globs if action_matches(g.pieces, action)), None)
    return answer._replace(deciding=tuple(d._replace(action=named) for d in answer.deciding))


def _is_plain(access: EffectiveAccess, statement: Statement) -> bool:
    """Say whether a statement reaches every resource and nothing else has a say."""
    if access.boundary is not None or statement.conditions or statement.conditions_tail:
        return False
    denies = any(s.effect == "Deny" for p in access.identity for s in p.document.statements)
    globs = statement.resources.globs if statement.resources is not None else ()
    return not denies and any(glob.literal == "*" for glob in globs)


def _changes(statement: Statement) -> list[ActionInfo]:
    """List what the statement lets its holder change, the most serious first."""
    index = action_index()
    bits = 0
    for glob in statement.actions.globs:
        # Whole services and everything are other rules; their actions need not be listed.
        if glob.literal is not None and glob.literal.partition(":")[2] not in ("", "*"):
            bits |= index.bits(glob.literal)
    known = (info(name) for name in index.names(bits))
    found = [k for k in known if k is not None and k.access_level in CHANGES and k.arn_formats]
    return sorted(found, key=lambda k: (-LEVELS.index(_level(k)), k.name))


def _level(known: ActionInfo) -> Level:
    if known.access_level == "Tagging":
        return "note"
    return strength(known.name)


def _may_reach_all(known: ActionInfo, statement: Statement) -> bool:
    """Refute quickly: a resource of each type, of a name that nobody uses, must be reached."""
    globs = statement.resources.globs if statement.resources is not None else ()
    partition = next(iter(_partitions(statement)), "aws")
    for arn_format in known.arn_formats:
        arn = _within(arn_format, partition).replace("?*", UNNAMED)
        if all(resource_matches(glob.pieces, (arn,)) is False for glob in globs):
            return False
    return True


def _on_every(access: EffectiveAccess, known: ActionInfo, statement: Statement) -> Answer | None:
    """Ask for every resource; of one partition where the statement names the partition."""
    answer = allows_all(access, RequestPattern(actions=(known.name,)))
    if answer.certainty == "proven" or answer.assumptions:
        return answer
    for partition in _partitions(statement):
        formats = tuple(Pattern((_within(f, partition),)) for f in known.arn_formats)
        answer = allows_all(access, RequestPattern(actions=(known.name,), resources=formats))
        if answer.certainty == "proven" or answer.assumptions:
            return answer
    return None


def _partitions(statement: Statement) -> list[str]:
    found = []
    for glob in statement.resources.globs if statement.resources is not None else ():
        parts = segments(glob)
        partition = spelled(parts[1]) if len(parts) == 6 else None
        if partition is not None and "*" not in partition:
            found.append(partition)
    return sorted(set(found))


def _within(arn_format: str, partition: str) -> str:
    prefix, _, rest = arn_format.split(":", 2)
    return f"{prefix}:{partition}:{rest}"


def _hit(found: list[Open], more: bool) -> Hit:
    names = [name for name, _ in found]
    levels = [_level(known) for name in names if (known := info(name)) is not None]
    serious: Level = "note" if all(level == "note" for level in levels) else "warning"
    text = listed(names, SHOWN) + (" at least" if more else "")
    return Hit(
        serious,
        "proven" if any(a.certainty == "proven" for _, a in found) else "possible",
        tuple(answer for _, answer in found),
        MESSAGE,
        words={"actions": text, "it": "it" if len(names) == 1 else "they"},
        points_at="resource",
    )
