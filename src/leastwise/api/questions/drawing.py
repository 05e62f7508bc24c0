"""Draw what is asked of a graph: nodes become spots, steps become arrows, each of them once."""

from leastwise.api.questions.citing import reasons_of
from leastwise.api.questions.steps import call_of, told_step
from leastwise.graph.calls.workloads import Workload
from leastwise.graph.closure.proofs import prove
from leastwise.graph.closure.reach import Graph
from leastwise.graph.model import Node, Step
from leastwise.graph.outsiders import Entrance
from leastwise.reporters.graph.picture import Arrow, Spot


class Drawing:
    """Hold the spots and arrows of one picture."""

    def __init__(self, graph: Graph) -> None:
        """Begin with nothing."""
        self.graph = graph
        self.spots: list[Spot] = []
        self.arrows: list[Arrow] = []
        self._spot_numbers: dict[Spot, int] = {}
        self._arrow_numbers: dict[object, int] = {}

    # --- spots ------------------------------------------------------------------------------------

    def spot_of(self, number: int) -> Spot:
        """Return the spot of a node; whoever has every permission of an account is one."""
        known = self.graph.known
        node = known.node(number)
        path, environment = self._root(node)
        if node.kind == "admin":
            return self._everything(number, path, environment)
        span = None if node.principal is None else node.principal.span
        spot = Spot(node.kind, node.label, node.arn, span, path, environment=environment)
        return spot._replace(administrator="proven") if known.is_admin(number) else spot

    def _root(self, node: Node) -> tuple[str, str]:
        owner = self.graph.project.owner(node.principal)
        return (node.root, "") if owner is None else (owner.path, owner.environment)

    def _everything(self, number: int, root: str, environment: str) -> Spot:
        actor = self.graph.known.actor(number)
        account = None if actor is None or actor.account is None else actor.account.number
        if account is not None:
            return Spot("admin", f"every permission in account {account}")
        several = len({one.path for one in self.graph.project.roots}) > 1 and root
        words = f"every permission in {root}" if several else "every permission"
        return Spot("admin", words, environment=environment)

    def _number(self, spot: Spot) -> int:
        if spot not in self._spot_numbers:
            self._spot_numbers[spot] = len(self.spots)
            self.spots.append(spot)
        return self._spot_numbers[spot]

    # --- arrows -----------------------------------------------------------------------------------

    def arrow(self, step: Step) -> int:
        """Return the number of a step's arrow."""
        key = step.source, step.target, step.path
        if key not in self._arrow_numbers:
            proof = prove(self.graph, step)
            told = told_step(proof, self.graph.known.actor(step.source))
            self._arrow_numbers[key] = len(self.arrows)
            self.arrows.append(
                Arrow(
                    source=self._number(self.spot_of(step.source)),
                    target=self._number(self.spot_of(step.target)),
                    path=step.path,
                    words=proof.words,
                    certainty=step.certainty,
                    calls=told.calls,
                    depends_on=told.depends_on,
                    also=self._also(step),
                )
            )
        return self._arrow_numbers[key]

    def _also(self, step: Step) -> tuple[str, ...]:
        """Return the other paths between the two nodes of a step."""
        leads = self.graph.edges(step.source).leads
        found = (lead.path.id for lead, there in leads if there.every >> step.target & 1)
        return tuple(path for path in dict.fromkeys(found) if path != step.path)

    def entering(self, entrance: Entrance, role: int) -> int:
        """Return the number of the arrow of an outsider who enters a role."""
        answer, possible = entrance.answer, entrance.certainty == "possible"
        arrow = Arrow(
            source=self._number(outsider_spot(entrance)),
            target=self._number(self.spot_of(role)),
            path="",
            words=f"enter {entrance.role.address} by its trust policy",
            certainty=entrance.certainty,
            calls=(call_of(answer, entrance.role),),
            depends_on=tuple(dict.fromkeys(reasons_of(answer))) if possible else (),
            label="enters by its trust policy",
        )
        return self._without_call(arrow)

    def running(self, workload: Workload, role: int) -> int:
        """Return the number of the arrow of a workload to the role that it runs as."""
        spot = self.spot_of(role)
        arrow = Arrow(
            source=self._number(workload_spot(self.graph, workload)),
            target=self._number(spot),
            path="",
            words=f"act as {spot.label}, which it runs as",
            certainty="proven" if workload.sure else "possible",
            label="runs as",
        )
        return self._without_call(arrow)

    def _without_call(self, arrow: Arrow) -> int:
        """Return the number of an arrow that is no call of its source."""
        key = "no call", arrow.source, arrow.target, arrow.words
        if key not in self._arrow_numbers:
            self._arrow_numbers[key] = len(self.arrows)
            self.arrows.append(arrow)
        return self._arrow_numbers[key]


def outsider_spot(entrance: Entrance) -> Spot:
    """Return the spot of somebody from outside."""
    label = entrance.label
    return Spot("anyone" if label.startswith("anyone") else entrance.kind, label)


def workload_spot(graph: Graph, workload: Workload) -> Spot:
    """Return the spot of something that runs as a role."""
    resource = workload.resource
    owner = graph.project.owner(workload.role)
    path, environment = ("", "") if owner is None else (owner.path, owner.environment)
    arn = "" if resource.arn is None else str(resource.arn)
    spot = Spot("workload", resource.address, arn, resource.span, path)
    return spot._replace(environment=environment)
