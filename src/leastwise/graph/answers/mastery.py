"""Say by which call somebody with every permission acts as anybody else of its account.

The graph gives such a node no steps of its own: whom it could become is everybody.
"""

from leastwise.graph.calls.asking import least
from leastwise.graph.closure.proofs import prove
from leastwise.graph.closure.reach import Graph
from leastwise.graph.model import Step
from leastwise.iam.project import same_account

_CALLS = {"role": "iam/update-assume-role-policy", "user": "iam/create-access-key"}


def mastered(graph: Graph, number: int, target: int) -> Step | None:
    """Return the step from a node that has every permission to a principal, or None."""
    actor, aimed = graph.known.actor(number), graph.project.principals[target]
    path = _CALLS.get(aimed.kind)
    if actor is None or actor.account is None or path is None:
        return None
    if same_account(actor.account, aimed.id.account) != "yes":
        return None
    proof = prove(graph, Step(number, target, path, "proven", aim=target))
    certainty = least(*(answer.certainty for answer in proof.answers), "proven")
    return None if certainty == "no" else proof.step._replace(certainty=certainty)
