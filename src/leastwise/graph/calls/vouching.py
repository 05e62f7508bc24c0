"""Find the roles that identity providers vouch for, by the providers on which calls are made.

Who replaces the metadata of a SAML provider signs its assertions. What is changed of an OpenID
Connect provider helps only with what is not in view: AWS does not look at the thumbprint of an
issuer that its own list of authorities covers, and a client id is the issuer's to give.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
"""

from collections.abc import Iterator
from functools import cached_property

from leastwise.graph.calls.asking import NO, RANK, Asking, Found, least
from leastwise.graph.calls.grants import Actor
from leastwise.graph.calls.people import Bits
from leastwise.graph.model import Path, Way
from leastwise.iam.arns import segments
from leastwise.iam.policy import Pattern
from leastwise.iam.project import Principal
from leastwise.semantics.access import allows
from leastwise.semantics.known import known_part
from leastwise.semantics.model import (
    Answer,
    CallerPattern,
    Certainty,
    EffectiveAccess,
    RequestPattern,
)

_ENTRIES = {
    "saml": ("saml-provider/", "sts:AssumeRoleWithSAML"),
    "oidc": ("oidc-provider/", "sts:AssumeRoleWithWebIdentity"),
}
_MOST: dict[str, Certainty] = {"saml": "proven", "oidc": "possible"}


def kind_of(path: Path) -> str | None:
    """Return the kind of provider that a path changes; None: it changes none."""
    among = next((c.among for c in path.where if c.predicate == "trusts-provider"), ())
    return next((kind for kind in among if kind in _ENTRIES), None)


class Vouching:
    """Answer for calls on identity providers."""

    def __init__(self, asking: Asking) -> None:
        """Take what answers the questions; the index is made when it is first needed."""
        self.asking = asking

    @cached_property
    def _providers(self) -> dict[tuple[str, Pattern], Found]:
        """Return the roles that each provider vouches for."""
        found: dict[tuple[str, Pattern], Found] = {}
        for number, role in enumerate(self.asking.people.principals):
            for kind, provider, certainty in _vouchers(role):
                here = Found(1 << number).at_most(certainty)
                found[kind, provider] = found.get((kind, provider), Found()).also(here)
        return found

    def vouched(self, actor: Actor, way: Way, kind: str, among: Bits) -> Found:
        """Return the roles of a set on one of whose providers an actor may make all calls."""
        found = Found()
        for (one, provider), roles in self._providers.items():
            if one != kind or not roles.every & among:
                continue
            actions = (leg.action for leg in way if leg.on == "resource")
            sure = (self.asking.certainty_on(actor, action, provider) for action in actions)
            found = found.also(roles.both(Found(among)).at_most(least(_MOST[kind], *sure)))
        return found

    def answer(self, actor: Actor, action: str, kind: str, role: Principal) -> Answer:
        """Ask for a call on a provider that vouches for a role, the surest of them."""
        best = NO
        for one, provider, certainty in _vouchers(role):
            if one == kind:
                answer = self.asking.answer(actor, action, (provider,))
                sure = least(answer.certainty, certainty, _MOST[kind])
                if RANK.index(sure) > RANK.index(best.certainty):
                    best = answer._replace(certainty=sure)
        return best


def _vouchers(role: Principal) -> Iterator[tuple[str, Pattern, Certainty]]:
    """Yield the providers that a trust policy names: the kind, the ARN, and whether they get in."""
    trust = None if role.trust is None else known_part(role.trust)
    rows = () if trust is None else trust.document.statements
    entries = (e for s in rows if s.effect != "Deny" and s.principals for e in s.principals.entries)
    for entry in dict.fromkeys((e.type, e.pattern) for e in entries if e.type == "Federated"):
        parts = segments(entry[1])
        name = parts[5] if len(parts) == 6 else ()
        for kind, (head, action) in _ENTRIES.items():
            if name and isinstance(name[0], str) and name[0].startswith(head):
                access = EffectiveAccess(trust=trust)
                caller = CallerPattern("Federated", entry[1])
                answer = allows(access, RequestPattern((action,), (role.arn,), principal=caller))
                if answer.certainty != "no":
                    yield kind, entry[1], answer.certainty
