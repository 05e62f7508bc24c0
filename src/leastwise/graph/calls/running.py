"""Ask for calls on what runs as a role."""

from leastwise.graph.calls.asking import NO, RANK, Asking, least
from leastwise.graph.calls.grants import Actor
from leastwise.graph.calls.workloads import Workload, called_on, means_another
from leastwise.graph.model import Way
from leastwise.iam.policy import Pattern
from leastwise.semantics.model import Answer, Certainty

TAGGING = frozenset(("ec2:CreateTags",))
"""Calls that set tags, by which a resource comes under what another statement grants."""
_NOT_CREATING = (("ec2:createaction", None),)
"""What exists is tagged: only a call that creates something names itself in its tagging,
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html."""
_TAG = "resourcetag/"


class Running:
    """Answer for calls on workloads."""

    def __init__(self, asking: Asking) -> None:
        """Take what answers the questions."""
        self.asking = asking

    def on_one_of(self, actor: Actor, action: str, arns: tuple[Pattern, ...]) -> Answer:
        """Ask for an action on the ARN on which it is surest."""
        found = {arn: self.asking.certainty_on(actor, action, arn) for arn in arns}
        best = max(found, key=lambda arn: RANK.index(found[arn]), default=None)
        if best is None or found[best] == "no":
            return NO
        return self.asking.answer(actor, action, (best,))

    def on_any(self, actor: Actor, way: Way, rows: list[Workload]) -> Certainty:
        """Ask for the legs on a resource of those in view, else on one that is not."""
        best: Certainty = "no"
        for workload in rows:
            best = max(best, self.on_resource(actor, way, workload), key=RANK.index)
            if best == "proven":
                return best
        unseen = (self.asking.certainty(actor, leg.action) for leg in way if leg.on == "resource")
        return max(best, least("possible", *unseen), key=RANK.index)

    def on_resource(self, actor: Actor, way: Way, workload: Workload) -> Certainty:
        """Say whether all legs on a resource are allowed on what runs as a role."""
        if way[0].action in TAGGING:
            found = least(*(a.certainty for a in self.tagged(actor, way, workload)))
        else:
            legs = [leg.action for leg in way if leg.on == "resource"]
            found = least(*(self._on_arns(actor, action, workload) for action in legs))
        return found if workload.sure else least(found, "possible")

    def tagged(self, actor: Actor, way: Way, workload: Workload) -> tuple[Answer, ...]:
        """Ask for a call on a workload that its tags allow, and for setting those tags on it."""
        tagging, call = way[0].action, way[1].action
        for arn in called_on(workload, call):
            wanted = self.asking.tagged(actor, call, arn)
            pairs = [] if wanted.witness is None else wanted.witness.context
            tags = [(k.partition(_TAG)[2], v) for k, v in pairs if _TAG in k and v]
            if wanted.certainty == "no" or not tags:
                continue
            given = tuple((f"aws:requesttag/{k}", (Pattern(v[:1]),)) for k, v in tags)
            names = (("aws:tagkeys", tuple(Pattern((k,)) for k, _ in tags)),)
            context = (*given, *names, *_NOT_CREATING)
            answer = self.asking.answer(actor, tagging, (arn,), context)
            if answer.certainty != "no":
                return answer, wanted
        return (NO,)

    def _on_arns(self, actor: Actor, action: str, workload: Workload) -> Certainty:
        arns = called_on(workload, action)
        if not arns:
            return least("possible", self.asking.certainty(actor, action))
        found = [self.asking.certainty_on(actor, action, arn) for arn in arns]
        best = max(found, key=RANK.index)
        if best == "possible":
            answer = self.on_one_of(actor, action, arns)
            return "no" if means_another(answer, workload) else best
        return best

    def is_near(self, actor: Actor, workload: Workload) -> bool:
        """Say whether a workload runs as a role of the actor's account, and not as the actor."""
        if actor.account is None or workload.role is None:
            return False
        number = self.asking.people.number(workload.role)
        near = self.asking.people.in_account(actor.account, "yes")
        return number is not None and bool(near >> number & 1) and workload.role != actor.principal

    def on_workload(self, actor: Actor, way: Way, workload: Workload) -> tuple[Answer, ...]:
        """Ask for the legs that are called on what runs as a role."""
        legs = [leg.action for leg in way if leg.on == "resource"]
        found = []
        for action in legs:
            arns = called_on(workload, action)
            if arns:
                found.append(self.on_one_of(actor, action, arns))
            else:  # the action is called on something that the workload only leads to
                answer = self.asking.answer(actor, action)
                found.append(answer._replace(certainty=least(answer.certainty, "possible")))
        return tuple(found) or (NO,)
