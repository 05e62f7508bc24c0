"""Tell a step of the graph: its calls, by which statements, and what it rests on."""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.api.questions.citing import BOUNDARY_UNSEEN, citable, citation, reasons_of
from leastwise.api.questions.misses import place_of_principals
from leastwise.graph.calls.contexts import PASSED_TO
from leastwise.graph.calls.grants import Actor
from leastwise.graph.calls.leads import PASS
from leastwise.graph.model import Proof
from leastwise.iam.project import Principal
from leastwise.reporters.graph.picture import Call
from leastwise.reporters.story import Cited
from leastwise.semantics.model import Answer, Deciding


class ToldStep(NamedTuple):
    """Hold what a person needs to know of a step beside who becomes whom."""

    calls: tuple[Call, ...]
    depends_on: tuple[str, ...]


def told_step(proof: Proof, actor: Actor | None) -> ToldStep:
    """Tell a proof; ``actor`` is whose policies allow the calls."""
    holder = None if actor is None else actor.principal
    calls = tuple(call_of(a, holder) for a in proof.answers if a.certainty != "no")
    reasons = [r for a in proof.answers if a.certainty == "possible" for r in reasons_of(a)]
    if actor is not None and actor.unseen and proof.step.certainty == "possible":
        reasons.append(BOUNDARY_UNSEEN)
    told = dict.fromkeys((*proof.assumptions, *reasons)) or _untold(proof)
    return ToldStep(calls, tuple(told))


def call_of(answer: Answer, holder: Principal | None) -> Call:
    """Tell one call of a step by the statements that allow it, as far as they are in view."""
    action = "" if answer.witness is None else answer.witness.action
    cited = (_pointed(d, citation(holder, d, "allows", "allows it")) for d in citable(answer))
    return Call(action, answer.witness, tuple(cited))


def _pointed(deciding: Deciding, cited: Cited) -> Cited:
    """Point at whom a trust policy lets in, not at the call, which is the same in all of them."""
    if deciding.policy.kind != "trust":
        return cited
    place = place_of_principals(deciding.policy.document.statements[deciding.statement])
    return cited if place is None else cited._replace(span=place)


def _untold(proof: Proof) -> Iterator[str]:
    """Say why a step is only possible where its answers do not."""
    if proof.step.certainty != "possible":
        return
    asked = (a.witness for a in proof.answers if a.witness is not None)
    if any(r.action == PASS and PASSED_TO not in dict(r.context) for r in asked):
        yield "a pass that does not say to which service (iam:PassedToService)"
    else:
        yield "a reading that is not certain"
