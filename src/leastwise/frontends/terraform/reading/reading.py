"""What the readings of single resource types share: where an attribute stands, what is found."""

from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from leastwise.frontends.terraform.attributes.attribute import (
    given,
    is_nothing,
    items_of,
    text_of,
    worlds_of,
)
from leastwise.frontends.terraform.attributes.computed import computed_attribute
from leastwise.frontends.terraform.attributes.environment import bind_account
from leastwise.frontends.terraform.model import Body, Instance
from leastwise.frontends.terraform.reading.sources import Sources, literal_span
from leastwise.iam.declarations import (
    AttachmentDeclaration,
    MembershipDeclaration,
    PolicyReference,
    PrincipalDeclaration,
)
from leastwise.iam.lower import lower_document, pattern_of
from leastwise.iam.policy import Pattern, PolicyKind
from leastwise.iam.project import (
    Consumption,
    Credential,
    Embedded,
    NotInView,
    Policy,
    PrincipalKind,
    Removal,
    Resource,
    VariableUse,
)
from leastwise.iam.resolution import resolution_of
from leastwise.iam.worlds import When
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.text import literal_text
from leastwise.source.value import (
    Assumption,
    Choice,
    Mapping,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from leastwise.frontends.terraform.reading.permission_sets import (
        AssignmentDeclaration,
        BoundaryDeclaration,
    )

_NO_STATEMENTS = Mapping(
    (
        (literal_text("Version"), literal_text("2012-10-17")),
        (literal_text("Statement"), Sequence(())),
    )
)


@dataclass(slots=True, eq=False, repr=False)
class Reading:
    """Collect what the resources of one root declare.

    ``capping``: managed policies used as session policies. ``passed`` are the values that
    modules which are not in view are given. ``secrets`` are the symbols, by id, of attributes
    that hold a secret, each with its name and the user whose it is.
    """

    accounts: MappingOf[str, str]
    sources: Sources
    principals: list[PrincipalDeclaration] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)
    attachments: list[AttachmentDeclaration] = field(default_factory=list)
    memberships: list[MembershipDeclaration] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    capping: list[PolicyReference] = field(default_factory=list)
    credentials: list[Credential] = field(default_factory=list)
    secrets: dict[str, tuple[str, Pattern]] = field(default_factory=dict)
    embedded: list[Embedded] = field(default_factory=list)
    not_in_view: list[NotInView] = field(default_factory=list)
    boundaries: "list[BoundaryDeclaration]" = field(default_factory=list)
    assignments: "list[AssignmentDeclaration]" = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    passed: list[Value] = field(default_factory=list)


class Site(NamedTuple):
    """Name one attribute of an instance: ``label`` is its path, ``body`` the block it is in."""

    instance: Instance
    body: Body
    name: str
    label: str

    @property
    def symbol(self) -> Symbol:
        """Return the symbol for this attribute when it has no readable value."""
        reference = f"{self.instance.address}.{self.label}"
        return Symbol(f"{self.instance.scope}|{reference}", reference)

    @property
    def rests_on(self) -> tuple[VariableUse, ...]:
        """Return what this attribute, its block and its resource rest on, by name."""
        uses = self.body.uses
        none: frozenset[VariableUse] = frozenset()
        found = self.instance.existence | uses.get(self.name, none) | uses.get("", none)
        return tuple(sorted(found, key=lambda use: (use.name, use.origin)))

    @property
    def value(self) -> Value:
        """Return the attribute's value; an absent or null one is unknown here."""
        return given(self.body, self.name) or Unknown(self.symbol, span=self.body.span)


def site(instance: Instance, name: str) -> Site:
    """Return the site of a top-level attribute."""
    return Site(instance, instance.body, name, name)


def nested_sites(instance: Instance, path: str) -> tuple[Site, ...]:
    """Return the sites of an attribute in (nested) blocks, as in ``details.policy``."""
    *kinds, name = path.split(".")
    found = [(instance.body, "")]
    for kind in kinds:
        found = [
            (block, f"{label}{kind}[{index}].")
            for body, label in found
            for index, block in enumerate(inner_bodies(body, kind))
        ]
    return tuple(Site(instance, body, name, label + name) for body, label in found)


def inner_bodies(body: Body, kind: str) -> Iterator[Body]:
    """Yield nested blocks, also those written as the value of an attribute."""
    yield from (block for name, block in body.blocks if name == kind)
    value = given(body, kind)
    worlds = [] if value is None else worlds_of(value)
    for _, world in worlds:
        for item in world.items if isinstance(world, Sequence) else (world,):
            if isinstance(item, Mapping):
                known = {name: part for key, part in item.entries if (name := key.literal)}
                whole = body.attribute_spans.get(kind, body.span)
                yield Body(
                    known, (), item.span or whole, dict.fromkeys(known, whole), len(worlds) > 1
                )


def pattern_at(at: Site) -> Pattern:
    """Return an attribute as a pattern; what is no string is a symbol of its own."""
    return pattern_in(at, at.value)


def pattern_in(at: Site, value: Value) -> Pattern:
    """Return a value of an attribute (an item of its list) as a pattern."""
    return pattern_of(text_of(value) or Text((at.symbol,), value.span))


def computed_pattern(reading: Reading, instance: Instance, attribute: str) -> Pattern:
    """Return a name or ARN of an instance, spelled as references to it are."""
    value = computed_attribute(
        instance.type,
        instance.body,
        attribute,
        scope=instance.scope,
        address=instance.address,
        provider=instance.provider,
        mode=instance.mode,
        known=instance.known,
    )
    bound = bind_account(value, instance.scope, reading.accounts)
    return pattern_in(site(instance, attribute), bound)


def policy_at(
    reading: Reading, at: Site, kind: PolicyKind, consumption: Consumption = "attached"
) -> Policy:
    """Read the policy document of an attribute and note its diagnostics."""
    instance, value = at.instance, _without_null(at.value)
    lowered = lower_document(value, kind, scope=at.symbol.id)
    reading.diagnostics += lowered.diagnostics
    return Policy(
        address=instance.address,
        attribute=at.label,
        kind=kind,
        document=lowered.document,
        resolution=resolution_of(lowered.value, lowered.document),
        span=reading.sources.place(at.body, at.name, value),
        consumption=consumption,
        value=lowered.value,
        occurrence=instance.occurrence,
        rests_on=at.rests_on,
    )


def _without_null(value: Value) -> Value:
    """Turn null alternatives, where the resource has no policy, into ones without statements."""
    if not isinstance(value, Choice):
        return value
    found = (
        (a, _NO_STATEMENTS if is_nothing(v) else _without_null(v)) for a, v in value.alternatives
    )
    return replace(value, alternatives=tuple(found))


def guarded(policy: Policy, when: When) -> Policy:
    """Return a policy that says what it says only where ``when`` holds."""
    if not when:
        return policy
    statements = tuple(replace(s, when=s.when + when) for s in policy.document.statements)
    document = replace(policy.document, statements=statements)
    resolution = policy.resolution
    if policy.value is not None:
        resolution = resolution_of(policy.value, document)
    return replace(policy, document=document, resolution=resolution)


def existence(instance: Instance) -> When:
    """Return what is assumed when an instance is there: nothing, unless its count is unknown."""
    if not instance.maybe:
        return ()
    test = f"{instance.scope}|count of {instance.address}"
    return (Assumption(test, "some", f"{instance.address} exists"),)


def block_existence(at: Site) -> When:
    """Return what is assumed when a nested block is there: nothing, unless it is dynamic."""
    if not at.body.maybe:
        return ()
    block = at.symbol.reference.rpartition(".")[0]
    return (Assumption(f"{at.instance.scope}|{block}", "present", f"{block} is present"),)


def _attaching_place(reading: Reading, at: Site, value: Value) -> Span:
    """Return the string that attaches a policy.

    Where one expression serves several instances or module calls, that is the ARN as the user
    wrote it elsewhere, because the expression alone does not say which instance is meant.
    """
    written = literal_span(value)
    shared = at.instance.block_instances > 1 or at.instance.occurrence.module_call is not None
    if shared and written is not None:
        return written
    return reading.sources.place(at.body, at.name, value)


def references_at(
    reading: Reading, at: Site, removal: Removal | None = None
) -> tuple[PolicyReference, ...]:
    """Return the managed policies that an attribute may name: one, or one of each world."""
    return tuple(
        PolicyReference(
            pattern_in(at, value),
            _attaching_place(reading, at, value),
            at.instance.address,
            removal,
            existence(at.instance) + assumed,
            at.rests_on,
        )
        for assumed, value in worlds_of(at.value)
        if not is_nothing(value)
    )


def attach(
    reading: Reading,
    kind: PrincipalKind,
    principal: Pattern,
    references: tuple[PolicyReference, ...],
) -> None:
    """Declare that a principal holds the policies that are referred to."""
    reading.attachments += [
        AttachmentDeclaration(kind, principal, reference, reference.span, reference.origin)
        for reference in references
    ]


def listed_patterns(at: Site) -> tuple[Pattern, ...]:
    """Return what a list names; what is not known of it is one pattern that may match many."""
    items, tail = items_of(given(at.body, at.name))
    known = tuple(pattern_in(at, item) for item in items)
    return known if tail is None else (*known, pattern_of(Text((tail,))))
