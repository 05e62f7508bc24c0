"""What the readings of single resource types share: documents, names, lists, what is found."""

from collections import abc
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from leastwise.frontends.cloudformation.cdk.metadata import construct_path
from leastwise.frontends.cloudformation.evaluation.conditions import holding, possible
from leastwise.frontends.cloudformation.evaluation.intrinsics import property_value
from leastwise.frontends.cloudformation.evaluation.lookups import attribute, ref
from leastwise.frontends.cloudformation.evaluation.worlds import is_null, without_absent
from leastwise.frontends.cloudformation.reading.macros import change, change_inside, opened
from leastwise.frontends.cloudformation.scope.state import Scope, as_text
from leastwise.frontends.cloudformation.scope.uses import Uses, collected
from leastwise.frontends.cloudformation.syntax.removal import Source
from leastwise.frontends.cloudformation.syntax.template import Declaration
from leastwise.iam.arns import Pieces
from leastwise.iam.assemble import (
    AttachmentDeclaration,
    MembershipDeclaration,
    PolicyReference,
    PrincipalDeclaration,
)
from leastwise.iam.lower import lower_document, pattern_of
from leastwise.iam.policy import Pattern, PolicyKind
from leastwise.iam.project import (
    Assignment,
    Consumption,
    Credential,
    ModuleCall,
    NotInView,
    Occurrence,
    Policy,
    Resource,
    VariableUse,
)
from leastwise.iam.resolution import resolution_of
from leastwise.iam.worlds import When, contradicts
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.span import Span
from leastwise.source.text import literal_text, span_of
from leastwise.source.value import (
    Choice,
    Mapping,
    Scalar,
    Sequence,
    Symbol,
    Text,
    Unknown,
    Value,
)

_NO_STATEMENTS = Mapping(
    (
        (literal_text("Version"), literal_text("2012-10-17")),
        (literal_text("Statement"), Sequence(())),
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """Hold one item of a list property, with its place in it, in the worlds where it is there."""

    value: Value
    label: str
    when: When = ()


class RoleUser(NamedTuple):
    """Hold a resource that names a role, or what has one, before that is looked up."""

    resource: Resource
    named: Pattern
    use: str


class SetAssignment(NamedTuple):
    """Declare an assignment of the permission set with an ARN."""

    permission_set: Pattern
    assignment: Assignment


@dataclass(slots=True, eq=False, repr=False)
class Reading:
    """Collect what the resources of one stack declare.

    Of a nested stack ``prefix`` begins the addresses (``Network/``); it is there where ``when``
    holds, which rests on ``existence``. Nested stacks share the lists of the one around them.
    ``capping`` are managed policies used as session policies, or as boundaries of roles that a
    service makes; ``profiles`` are the roles of instance profiles, by each string that names one,
    ``templates`` the addresses of launch templates, task definitions and groups of instances,
    ``places`` the ARNs of where the code of a resource lies, by its address and with the property;
    ``permission_sets`` come with their ARNs. ``secrets`` are the symbols, by id, of attributes that
    hold a secret, each with its name and the user whose it is.
    """

    scope: Scope
    source: Source
    prefix: str = ""
    calls: tuple[ModuleCall, ...] = ()
    when: When = ()
    existence: Uses = frozenset()
    principals: list[PrincipalDeclaration] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)
    attachments: list[AttachmentDeclaration] = field(default_factory=list)
    memberships: list[MembershipDeclaration] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    capping: list[PolicyReference] = field(default_factory=list)
    users: list[RoleUser] = field(default_factory=list)
    profiles: dict[Pieces, Pattern] = field(default_factory=dict)
    templates: dict[Pieces, str] = field(default_factory=dict)
    places: dict[str, list[tuple[str, Pattern]]] = field(default_factory=dict)
    permission_sets: list[tuple[Pieces, PrincipalDeclaration]] = field(default_factory=list)
    assignments: list[SetAssignment] = field(default_factory=list)
    credentials: list[Credential] = field(default_factory=list)
    secrets: dict[str, tuple[str, Pattern]] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    not_in_view: list[NotInView] = field(default_factory=list)
    created: abc.Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """Name one resource that is being read; it exists where all of ``when`` hold.

    ``existence`` is what that rests on, ``uses`` what the properties do that were evaluated.
    """

    reading: Reading
    declared: Declaration
    when: When = ()
    existence: Uses = frozenset()
    uses: dict[str, Uses] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Return the logical id, after those of the nested stacks that lead to it."""
        return self.reading.prefix + self.declared.logical_id

    @property
    def occurrence(self) -> Occurrence | None:
        """Return the nested stacks and the CDK construct that it comes from, None without any."""
        path, calls = construct_path(self.declared), self.reading.calls
        if not (path or calls):
            return None
        created = self.reading.created.get(path) if path else None
        return Occurrence(None, None, calls, construct=path, created=created)

    def value(self, name: str) -> Value | None:
        """Return an evaluated property, None when it is missing or null."""
        scope, properties = self.reading.scope, self.declared.properties
        found, self.uses[name] = collected(lambda: property_value(properties, name, scope), scope)
        return None if found is None or is_null(found) else without_absent(found)

    def rests_on(self, *labels: str) -> tuple[VariableUse, ...]:
        """Return what the resource and these properties rest on, in order of names.

        The label of an item or a member counts as that of its whole property.
        """
        tops = (label.partition(".")[0].partition("[")[0] for label in labels)
        found = self.existence.union(*(self.uses.get(top, frozenset()) for top in tops))
        return tuple(sorted(found, key=lambda use: (use.name, use.text))) if found else ()

    def leaf(self, name: str) -> Leaf:
        """Return an evaluated property; a missing one is unknown here."""
        value = self.value(name)
        if value is None:
            value = Unknown(self.symbol(name), f"{name} is missing", self.declared.span)
        return Leaf(value, name)

    def symbol(self, label: str) -> Symbol:
        """Return the symbol for a property that has no readable value."""
        name = f"{self.reading.scope.id}|{self.declared.logical_id}.{label}"
        return Symbol(name, f"{self.address}.{label}")


def sites(reading: Reading) -> Iterator[Site]:
    """Yield the resources that exist, each evaluated in the world of its own condition."""
    scope = reading.scope
    for declared in scope.template.resources.values():
        name = declared.condition
        if name is None:
            yield Site(reading, declared, reading.when, reading.existence)
            continue
        held, uses = collected(partial(holding, name, scope), scope)
        if held is None:
            continue
        scope.assumed = held.assumed
        yield Site(reading, declared, (*reading.when, *held.when), reading.existence | uses)
        scope.assumed = {}


def policy_from(
    site: Site,
    leaf: Leaf,
    kind: PolicyKind,
    consumption: Consumption = "attached",
) -> Policy:
    """Lower an evaluated policy property and note its diagnostics."""
    lowered = lower_document(_without_null(leaf.value), kind, scope=site.reading.scope.id)
    site.reading.diagnostics += lowered.diagnostics
    changed = change(site.declared, site.reading.scope.template) or change_inside(leaf.value)
    document = opened(lowered.document, changed)
    policy = Policy(
        address=site.address,
        attribute=leaf.label,
        kind=kind,
        document=document,
        resolution=resolution_of(lowered.value, document),
        span=span_of(leaf.value) or site.declared.span,
        consumption=consumption,
        value=lowered.value,
        occurrence=site.occurrence,
        rests_on=site.rests_on(leaf.label),
    )
    return _possible(guarded(policy, (*site.when, *leaf.when)), site.reading.scope)


def _possible(policy: Policy, scope: Scope) -> Policy:
    """Leave out the statements whose assumptions the conditions of the template exclude."""
    document = policy.document
    kept = tuple(s for s in document.statements if len(s.when) < 2 or possible(s.when, scope))
    if len(kept) == len(document.statements):
        return policy
    return replace(policy, document=replace(document, statements=kept))


def _without_null(value: Value) -> Value:
    """Turn null alternatives, where there is no policy, into ones without statements."""
    if not isinstance(value, Choice):
        return value
    found = ((a, _NO_STATEMENTS if is_null(v) else _without_null(v)) for a, v in value.alternatives)
    return replace(value, alternatives=tuple(found))


def guarded(policy: Policy, when: When) -> Policy:
    """Return a policy that says what it says only where ``when`` holds."""
    if not when:
        return policy
    statements = tuple(
        replace(s, when=tuple(dict.fromkeys(s.when + when))) for s in policy.document.statements
    )
    document = replace(policy.document, statements=statements)
    return replace(
        policy, document=document, resolution=resolution_of(policy.value or Scalar(None), document)
    )


def pattern_in(site: Site, value: Value | None, label: str) -> Pattern:
    """Return a string property as a pattern; what is no known string is a symbol."""
    text = None if value is None else as_text(value)
    if text is None:
        span = None if value is None else span_of(value)
        text = Text((site.symbol(label),), span)
    return pattern_of(text)


def name_pattern(site: Site) -> Pattern:
    """Return the name of the resource, as Ref of it is spelled."""
    return pattern_in(site, ref(site.declared.logical_id, site.reading.scope), "name")


def attribute_pattern(site: Site, name: str) -> Pattern:
    """Return an attribute of the resource, as Fn::GetAtt of it is spelled."""
    found = attribute(site.declared.logical_id, name, site.reading.scope)
    return pattern_in(site, found, name)


def leaves(value: Value | None, label: str, when: When = ()) -> Iterator[Leaf]:
    """Yield what a list property holds, in all worlds; null is nothing.

    ``label`` is the property's name; an item's is that with its index.
    """
    match value:
        case None:
            return
        case Sequence():
            for index, item in enumerate(value.items):
                yield from leaves(item, f"{label}[{index}]", when)
        case Choice():
            for assumption, alternative in value.alternatives:
                if not contradicts(assumption, when):
                    more = when if assumption in when else (*when, assumption)
                    yield from leaves(alternative, label, more)
        case Scalar() if value.value is None:
            return
        case _:
            yield Leaf(value, label, when)


def in_worlds(value: Value, when: When = ()) -> Iterator[tuple[When, Value]]:
    """Yield what a value is in all worlds, null where it is nothing."""
    if not isinstance(value, Choice):
        yield when, value
        return
    for assumption, alternative in value.alternatives:
        if not contradicts(assumption, when):
            more = when if assumption in when else (*when, assumption)
            yield from in_worlds(alternative, more)


def holds_unknown(value: Value | None) -> bool:
    """Say whether a list property, or an item of it, is not known in some world."""
    match value:
        case Sequence():
            return value.tail is not None or any(map(holds_unknown, value.items))
        case Choice():
            return any(holds_unknown(alternative) for _, alternative in value.alternatives)
        case _:
            return isinstance(value, Unknown)


def is_open(value: Value | None) -> bool:
    """Say whether a list property may hold more than its leaves."""
    match value:
        case Unknown():
            return True
        case Sequence():
            return value.tail is not None
        case Choice():
            return any(is_open(alternative) for _, alternative in value.alternatives)
        case _:
            return False


def member(value: Value, name: str) -> Value | None:
    """Return an entry of an evaluated mapping, None when it is missing or null."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return None if found is None or is_null(found) else found
