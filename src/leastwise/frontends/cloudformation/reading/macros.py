"""Say what a macro may change.

A macro of the Transform section gets the whole template, one of ``Fn::Transform`` what stands
beside it and below.

Source: "Fn::Transform" and "Transform" in the AWS CloudFormation template reference.
"""

from dataclasses import replace

from leastwise.frontends.cloudformation.syntax.template import SAM, Declaration, Template
from leastwise.iam.policy import PolicyDocument
from leastwise.iam.worlds import is_bounded, parts_of
from leastwise.source.value import Assumption, Mapping, Symbol, Value

CALL = "Fn::Transform"
HARMLESS = frozenset(
    {
        SAM,
        "AWS::CodeDeployBlueGreen",
        "AWS::LanguageExtensions",
        "AWS::SecretsManager-2020-07-23",
        "AWS::SecretsManager-2024-09-16",
        "AWS::ServiceCatalog",
    }
)
"""Transforms of AWS that leave the resources of IAM as they are written."""


def change(declared: Declaration, template: Template) -> Symbol | None:
    """Return what stands for the changes that a macro may make to a whole resource."""
    foreign = [name for name in template.macros if name not in HARMLESS]
    places = (declared.properties, declared.body, template.body.get("Resources"))
    called = any(_is_called(place) for place in places)
    if not foreign and not called:
        return None
    return _symbol(f"{template.path}|{declared.logical_id}")


def _is_called(place: Value | None) -> bool:
    """Tell whether a function stands where the entries of a section, or properties, should."""
    if not isinstance(place, Mapping):
        return False
    return any(
        (key.literal or "").startswith(("Fn::Transform", "Fn::If")) for key, _ in place.entries
    )


def change_inside(value: Value) -> Symbol | None:
    """Return the same for a value in which a macro stands beside other entries."""
    if not is_bounded(value):
        return None
    pending = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, Mapping) and current.tail and current.tail.reference == CALL:
            return current.tail
        pending += parts_of(current)
    return None


def opened(document: PolicyDocument, changed: Symbol | None) -> PolicyDocument:
    """Return a document of which a macro may take statements away, and to which it may add some.

    SOUND: over-approximates; what is allowed stays, what is denied is only if it is left alone.
    """
    if changed is None:
        return document
    alone = Assumption(f"{changed.id} changes nothing", "true", "a macro leaves a Deny as it is")
    statements = tuple(
        s if s.effect == "Allow" else replace(s, when=(*s.when, alone)) for s in document.statements
    )
    return replace(document, statements=statements, opaque=document.opaque or changed)


def _symbol(of: str) -> Symbol:
    return Symbol(f"{of}|{CALL}", "a macro", reason="a macro may change it")
