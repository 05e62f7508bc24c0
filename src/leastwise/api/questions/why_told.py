"""Put into words how one principal becomes another: each step with its calls, each obstacle."""

from collections.abc import Iterable, Iterator

from leastwise.api.questions.citing import attachment_of, citable, citation
from leastwise.api.questions.misses import (
    denials,
    near_misses,
    own_lack,
    possible_denials,
    silent,
)
from leastwise.api.questions.steps import told_step
from leastwise.api.questions.why import Explanation
from leastwise.graph.answers.attempts import Attempt, Obstacle
from leastwise.graph.answers.cuts import Cuts
from leastwise.graph.answers.hitting import Ending
from leastwise.graph.answers.obstacles import kind_of
from leastwise.graph.answers.removal import Removable, Removals
from leastwise.graph.answers.stops import Stop
from leastwise.graph.closure.proofs import prove
from leastwise.graph.model import Chain, Node, Step
from leastwise.iam.project import Policy, Principal
from leastwise.reporters import why as told
from leastwise.reporters.graph.picture import kind_words
from leastwise.reporters.story import Cited
from leastwise.reporters.style import counted
from leastwise.semantics.keys import written_keys
from leastwise.semantics.model import Deciding, Layer

_EVERYTHING = "every permission"
_NO_SCPS = "service control policies, which could deny steps of it (no tree says which apply)"
_MORE_SCPS = "further service control policies, which could deny steps of it"


def why_told(explanation: Explanation) -> told.Why:
    """Return an explanation as it is told."""
    teller = _Teller(explanation)
    principal, target = teller.source, teller.target
    nearest = explanation.nearest
    return told.Why(
        outcome=explanation.outcome,
        sentence=teller.sentence(),
        principal=principal,
        target=target,
        held=tuple(teller.held()),
        ways=tuple(map(teller.way, explanation.chains)),
        more=explanation.others,
        cuts=None if explanation.cuts is None else teller.cuts(explanation.cuts),
        misses=() if nearest is None else tuple(map(teller.miss, nearest.attempts)),
        tried=0 if nearest is None else nearest.paths,
        asked=0 if nearest is None else nearest.sources,
        notes=tuple(teller.notes()),
        not_in_view=tuple(teller.unseen()),
        written=written_keys(teller.decided),
    )


def _named(principal: Principal) -> str:
    return f"{kind_words(principal.kind)} {principal.address}"


class _Teller:
    """Put the parts of one explanation into words."""

    def __init__(self, explanation: Explanation) -> None:
        self.given = explanation
        self.graph = explanation.graph
        self.source = _named(explanation.source)
        self.target = _EVERYTHING if explanation.target is None else _named(explanation.target)
        self.decided: list[Deciding] = []

    def sentence(self) -> str:
        """Say the outcome in one sentence, without a full stop."""
        given = self.given
        if given.held is not None:
            return f"{self.source} has every permission itself"
        verb = "have" if given.target is None else "become"
        if not given.chains and given.unknown:
            return f"it is not known whether {self.source} can {verb} {self.target}"
        if not given.chains:
            return f"{self.source} can't {verb} {self.target}"
        steps = counted(len(given.chains[0].steps), "step")
        words = f"{self.source} can {verb} {self.target} in {steps}"
        return words if given.outcome == "reachable" else f"it is not settled whether {words}"

    def held(self) -> Iterator[Cited]:
        """Cite the statements that give every permission."""
        answer = self.given.held
        for deciding in () if answer is None else citable(answer):
            yield citation(self.given.source, deciding, "allows", "allows everything")

    # --- ways -------------------------------------------------------------------------------------

    def way(self, chain: Chain) -> told.Way:
        """Tell a chain step by step."""
        return told.Way(tuple(map(self._hop, chain.steps)), chain.certainty)

    def _hop(self, step: Step) -> told.Hop:
        proof = prove(self.graph, step)
        source, target = self.graph.known.node(step.source), self.graph.known.node(step.target)
        rest = told_step(proof, self.graph.known.actor(step.source))
        self.decided += (d for a in proof.answers for d in citable(a))
        return told.Hop(
            source=_label(source),
            target=_label(target),
            path=step.path,
            words=proof.words,
            certainty=step.certainty,
            calls=rest.calls,
            depends_on=rest.depends_on,
        )

    # --- cuts -------------------------------------------------------------------------------------

    def cuts(self, cuts: Cuts) -> told.Cuts:
        """Tell what ends every way."""
        least = cuts.least
        kept = None if cuts.kept is None else self._cut(cuts.kept)
        if least.chosen is None:
            return told.Cuts(least=least.least, reason=_no_cut(least))
        return told.Cuts(self._cut(least), kept, least.least, least.is_smallest)

    def _cut(self, ending: Ending[Removable]) -> told.Cut | None:
        if ending.chosen is None:
            return None
        removals = Removals(self.graph.project)
        granting = (one for one in ending.chosen if one.policy.kind != "trust")
        touched = {id(p): p for one in granting for p in removals.holders(one)}
        spared = {id(self.given.source), id(self.given.target)}
        others = [p for key, p in touched.items() if key not in spared and p.kind != "group"]
        return told.Cut(tuple(map(self._removed, ending.chosen)), len(others))

    def _removed(self, one: Removable) -> Cited:
        policy = one.policy
        if one.statement is not None:
            layer: Layer = "trust" if policy.kind == "trust" else "identity"
            deciding = Deciding(layer, policy, one.statement)
            cited = citation(self.given.source, deciding, "allows", "")
            span = policy.document.statements[one.statement].span
            return cited._replace(span=span or cited.span)
        attachment = attachment_of(one.holder, policy)
        span = None if attachment is None else attachment.span
        holder = "" if one.holder is None else f" from {_named(one.holder)}"
        return Cited("identity", "allows", f"{policy.address}{holder}", "", "", span, attached=True)

    # --- what stops it ----------------------------------------------------------------------------

    def miss(self, attempt: Attempt) -> told.Miss:
        """Tell a path that is not open."""
        source = self.graph.known.node(attempt.source)
        target = self.target if attempt.target is None else _named(attempt.target)
        name = "" if attempt.target is None else attempt.target.address
        through = attempt.through
        what = f"some {kind_of(attempt.path)}" if through is None else through.resource.address
        words = attempt.path.does.replace("{target}", name).replace("{through}", what)
        return told.Miss(
            source=_label(source),
            target=target,
            path=attempt.path.id,
            words=words,
            stops=tuple(_stop(obstacle) for obstacle in attempt.obstacles),
            also=attempt.also,
            allowed=attempt.allowed,
        )

    # --- the rest ---------------------------------------------------------------------------------

    def notes(self) -> Iterator[str]:
        """Say what a person should know of the answer."""
        given, nearest = self.given, self.given.nearest
        if nearest is None:
            return
        if given.target is None and not nearest.targets:
            yield "nobody in view has every permission, so that somebody would have to be given it"
        if not nearest.attempts:
            known = " that is known" if given.unknown else ""
            yield f"no statement{known} allows a call of any of them"
        yield from (f"part of {one} is not known: it may decide this" for one in given.unknown)

    def unseen(self) -> Iterator[str]:
        """Say what was not in view."""
        source = self.given.source
        if source.attachments_open:
            yield "further policies that the principal may hold"
        for policy in dict.fromkeys(a.policy for a in source.attachments):
            if policy.document.opaque is not None:
                yield f"policy {policy.address}, or part of it: it may allow or deny more"
        if self.given.outcome != "not-reachable":
            yield _MORE_SCPS if source.scps else _NO_SCPS


def _label(node: Node) -> str:
    words = kind_words(node.kind)
    return f"{words} {node.label}" if words else node.label


def _no_cut(ending: Ending[Removable]) -> str:
    if ending.endless:
        return "nothing that could be removed: a way rests on no statement in view"
    return f"more than {ending.least} statements would have to go; not searched further"


def _stop(obstacle: Obstacle) -> told.Stop:
    if obstacle.policy is not None:
        return told.Stop("", obstacle.text, tuple(_whole(obstacle.policy, obstacle.holder)))
    if obstacle.stop is None:
        return told.Stop("", obstacle.text)
    stop = obstacle.stop
    denied = tuple(denials(stop.standings, obstacle.holder))
    if denied:
        return told.Stop(stop.action, obstacle.text, denied)
    cited = [*near_misses(stop.standings, obstacle.holder), *_silent(stop, obstacle.holder)]
    cited += possible_denials(stop.standings, obstacle.holder)
    text = obstacle.text or "; ".join(_lacks(stop))
    if not cited and not text:
        text = "no one request meets what all of its policies ask"
    return told.Stop(stop.action, text, tuple(cited))


def _whole(policy: Policy, holder: Principal | None) -> Iterator[Cited]:
    attachment = attachment_of(holder, policy)
    span = policy.document.span if attachment is None else attachment.span
    yield Cited("boundary", "silent", policy.address, "", "still holds", span, policy.aws_managed)


def _silent(stop: Stop, holder: Principal | None) -> Iterator[Cited]:
    for layer, policies in stop.silent:
        if layer in ("boundary", "scp", "session"):
            yield from silent(layer, policies, holder, stop.action)


def _lacks(stop: Stop) -> Iterable[str]:
    for layer, policies in stop.silent:
        if layer == "identity":
            yield own_lack(policies, stop.action)
        elif layer in ("resource", "trust"):
            yield f"the trust policy of {policies[0].address} lets nobody in by {stop.action}"
