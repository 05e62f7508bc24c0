"""Word findings: one sentence that says who may do what, on what, and under which assumptions."""

from leastwise.iam.project import Consumption
from leastwise.rules.cases import Case
from leastwise.rules.hits import Hit
from leastwise.rules.model import Step
from leastwise.rules.places import granting, primary
from leastwise.semantics.access import SOME_WORLDS
from leastwise.semantics.model import Answer, Request

_UNHELD: dict[Consumption, str] = {
    "unattached": " (nobody in view holds it)",
    "builder": " (nothing in view uses it)",
}
"""Why a finding is less serious than its rule."""


def who(case: Case) -> str:
    """Name the subject in words: ``role aws_iam_role.ci``."""
    kind, address = case.subject.kind, case.subject.address
    words = {"permission-set": "permission set"}
    if case.kind == "credential":
        return address
    if case.kind == "principal" and case.principal is None:
        return f"a role that holds {address}"
    return f"{words.get(kind, kind)} {address}"


def message(hit: Hit, case: Case) -> str:
    """Fill a hit's message; the sentence starts with a capital and has no full stop."""
    witness = hit.answers[0].witness if hit.answers else None
    words = {"subject": who(case), "may": _may(case), **_of_witness(witness), **hit.words}
    text = hit.message
    for name, value in words.items():
        text = text.replace("{" + name + "}", value)
    if hit.certainty == "possible":
        text = f"{text}, depending on values that are not known here"
    if case.unseen_boundary is not None and hit.answers:
        text = f"{text}, unless its boundary {case.unseen_boundary}, which is not in view, stops it"
    if case.policy is not None and not case.holders and case.cap != "error":
        text += _UNHELD.get(case.policy.consumption, "")
    if case.principal is not None and case.principal.assignments == ():
        text += "; it is assigned to nobody here"
    return text[:1].upper() + text[1:]


def _may(case: Case) -> str:
    """Say the verb that a subject takes: a policy does nothing itself, its holder does."""
    return "lets its holder" if case.subject.kind == "policy" else "may"


def listed(names: list[str], shown: int) -> str:
    """Spell a list for people: ``a, b and 3 more``."""
    if len(names) > shown:
        return f"{', '.join(names[:shown])} and {len(names) - shown} more"
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _of_witness(witness: Request | None) -> dict[str, str]:
    if witness is None:
        return {}
    return {
        "action": witness.action,
        "resource": witness.resource,
        "principal": witness.principal.name,
    }


def assumptions(hit: Hit) -> tuple[str, ...]:
    """List what a hit rests on: worlds first, then what is not known."""
    answers = [*hit.answers, *(answer for hop in hit.hops for answer in hop.answers)]
    found = [a.text for answer in answers for a in answer.assumptions]
    found += hit.assumptions
    if hit.certainty == "possible":
        reasons = (reason for answer in answers for reason in answer.reasons)
        found += [reason for reason in reasons if reason != SOME_WORLDS]
    return tuple(dict.fromkeys(text for text in found if text))


def steps(hit: Hit, case: Case) -> tuple[Step, ...]:
    """Tell the requests of a chain one by one; a single request is no chain."""
    if not hit.is_chain:
        return ()
    own = [_step(answer, "", hit, case) for answer in hit.answers if answer.witness is not None]
    for hop in hit.hops:
        told = (answer for answer in hop.answers if answer.witness is not None)
        there = case._replace(
            policy=None, principal=hop.principal or case.principal, attachments=hop.attachments
        )
        own += [_step(answer, f"{hop.who} ", hit, there) for answer in told]
    return tuple(own)


def _step(answer: Answer, who: str, hit: Hit, case: Case) -> Step:
    witness = answer.witness
    text = "" if witness is None else f"{who}calls {witness.action} on {witness.resource}"
    alone = Hit(hit.level, answer.certainty, (answer,), "", points_at=hit.points_at)
    return Step(text, witness, primary(alone, case) if granting(alone) else None)
