"""Tell a step of the graph: its calls, by which statements, and what it rests on."""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.api.questions.citing import citation
from leastwise.graph.grants import Actor
from leastwise.graph.model import Proof
from leastwise.iam.organization import FULL_ACCESS
from leastwise.iam.project import Principal
from leastwise.reporters.graph.picture import Call
from leastwise.reporters.story import Cited
from leastwise.semantics.access import BOUNDARY_NOT_IN_VIEW, SOME_WORLDS
from leastwise.semantics.decide import WHOLE_DOCUMENT
from leastwise.semantics.model import Answer

_BOUNDARY_UNSEEN = "its permissions boundary, which is not in view, must allow it too"


class ToldStep(NamedTuple):
    """Hold what a person needs to know of a step beside who becomes whom."""

    calls: tuple[Call, ...]
    depends_on: tuple[str, ...]


def told_step(proof: Proof, actor: Actor | None) -> ToldStep:
    """Tell a proof; ``actor`` is whose policies allow the calls."""
    holder = None if actor is None else actor.principal
    calls = tuple(call_of(answer, holder) for answer in proof.answers)
    reasons = [r for a in proof.answers if a.certainty == "possible" for r in reasons_of(a)]
    if actor is not None and actor.unseen and proof.step.certainty == "possible":
        reasons.append(_BOUNDARY_UNSEEN)
    return ToldStep(calls, tuple(dict.fromkeys((*proof.assumptions, *reasons))))


def call_of(answer: Answer, holder: Principal | None) -> Call:
    """Tell one call of a step by the statements that allow it, as far as they are in view."""
    action = "" if answer.witness is None else answer.witness.action
    return Call(action, answer.witness, tuple(_cited(answer, holder)))


def _cited(answer: Answer, holder: Principal | None) -> Iterator[Cited]:
    for deciding in answer.deciding:
        if deciding.statement == WHOLE_DOCUMENT or deciding.policy is FULL_ACCESS:
            continue
        if deciding.policy.address:  # what is written on the way stands in no file
            yield citation(holder, deciding, "allows", "allows it")


def reasons_of(answer: Answer) -> Iterator[str]:
    """Say on what a possible answer rests."""
    texts = [assumption.text for assumption in answer.assumptions]
    yield from texts
    for reason in answer.reasons:
        if reason == BOUNDARY_NOT_IN_VIEW:
            yield _BOUNDARY_UNSEEN
        elif reason != SOME_WORLDS or not texts:
            yield reason
