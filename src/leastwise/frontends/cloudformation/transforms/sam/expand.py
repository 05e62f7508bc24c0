"""Expand a SAM template: its AWS::Serverless resources become plain ones.

Source: "AWS SAM specification", AWS SAM Developer Guide, and the published translator, against
which the tests hold what concerns IAM. What SAM makes beside that (definitions of APIs, versions
with their hashes, DNS records) is left out, or is there in name only.
"""

from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import replace
from typing import NamedTuple

from leastwise.frontends.cloudformation.syntax.template import (
    SAM,
    Declaration,
    Template,
    section,
)
from leastwise.frontends.cloudformation.transforms.sam.api_policies import read_method_policy
from leastwise.frontends.cloudformation.transforms.sam.apis import (
    expand_http_api,
    expand_rest_api,
    expand_web_socket_api,
    implicit_api,
)
from leastwise.frontends.cloudformation.transforms.sam.connectors import (
    embedded,
    expand_connector,
)
from leastwise.frontends.cloudformation.transforms.sam.deployments import expand_deployments
from leastwise.frontends.cloudformation.transforms.sam.events import events_of
from leastwise.frontends.cloudformation.transforms.sam.functions import expand_function
from leastwise.frontends.cloudformation.transforms.sam.graphql import expand_graphql_api
from leastwise.frontends.cloudformation.transforms.sam.others import (
    expand_capacity_provider,
    expand_image,
    expand_layer,
    expand_network_connector,
    expand_table,
    expand_web_function,
)
from leastwise.frontends.cloudformation.transforms.sam.references import resolved
from leastwise.frontends.cloudformation.transforms.sam.routes import IMPLICIT, collect
from leastwise.frontends.cloudformation.transforms.sam.shared import (
    PREFIX,
    sections,
    with_shared,
)
from leastwise.frontends.cloudformation.transforms.sam.state_machines import (
    expand_state_machine,
)
from leastwise.frontends.cloudformation.transforms.sam.work import Macro, Work, problem
from leastwise.iam.project import NotInView
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.value import Mapping


class Expansion(NamedTuple):
    """Hold a template without SAM's types, and what could not be read of them.

    ``asked`` are the parameters whose values the expansion looked up.
    """

    template: Template
    diagnostics: tuple[Diagnostic, ...] = ()
    not_in_view: tuple[NotInView, ...] = ()
    asked: frozenset[str] = frozenset()


def expand(template: Template, values: MappingOf[str, str] | None = None) -> Expansion:
    """Expand a template that names SAM's transform; any other one stays as it is.

    ``values`` are the parameters that do not have their defaults, for the few properties that
    SAM reads before anything is deployed.
    """
    if SAM not in template.macros:
        return Expansion(template)
    work = Work(template, values or {}, sections(template))
    macros = [_macro(work, d) for d in template.resources.values() if _is_known(d)]
    collect(work, macros)
    macros += _implicit(work)
    for declared in template.resources.values():
        if declared.type not in _EXPANDERS:
            work.resources[declared.logical_id] = declared
    for macro in sorted(macros, key=lambda m: _ORDER.get(m.declared.type, 2)):
        _expand(macro)
    expand_deployments([m for m in macros if m.declared.type == f"{PREFIX}Function"])
    for declared in embedded(work):
        expand_connector(_macro(work, declared))
    diagnostics = tuple(dict.fromkeys(work.diagnostics))
    return Expansion(
        _with(template, work), diagnostics, tuple(work.not_in_view), frozenset(work.asked)
    )


def _is_known(declared: Declaration) -> bool:
    return declared.type in _EXPANDERS


def _macro(work: Work, declared: Declaration) -> Macro:
    return Macro(work, declared, with_shared(declared, work.shared))


def _implicit(work: Work) -> list[Macro]:
    written = section(work.template.body, "Resources")
    found = [implicit_api(work, kind, key) for key, _ in written[:1] for kind in IMPLICIT]
    return [_macro(work, declared) for declared in found if declared is not None]


def _expand(macro: Macro) -> None:
    written = macro.declared.body.get("Properties")
    if written is not None and not isinstance(written, Mapping):
        problem(macro, macro.span, "Properties is not a mapping")
    if macro.declared.type in (f"{PREFIX}Function", f"{PREFIX}StateMachine"):
        for event in events_of(macro):
            if event.kind == "Api":
                read_method_policy(macro.work, event)
    _EXPANDERS[macro.declared.type](macro)


def _with(template: Template, work: Work) -> Template:
    """Return the template with what was made; in the order of the source where it has one."""
    order = {name: index for index, name in enumerate(template.resources)}
    names = sorted(work.resources, key=lambda name: order.get(name, len(order)))
    resources = {name: _resolved(work.resources[name], work.references) for name in names}
    outputs = {name: _mapping(value, work) for name, value in template.outputs.items()}
    conditions = {**template.conditions, **work.conditions}
    return replace(template, resources=resources, outputs=outputs, conditions=conditions)


def _mapping(value: Mapping, work: Work) -> Mapping:
    found = resolved(value, work.references)
    return found if isinstance(found, Mapping) else value


def _resolved(declared: Declaration, references: dict[str, str]) -> Declaration:
    properties = resolved(declared.properties, references)
    if properties is declared.properties or not isinstance(properties, Mapping):
        return declared
    return replace(declared, properties=properties)


_EXPANDERS: dict[str, Callable[[Macro], None]] = {
    f"{PREFIX}Function": expand_function,
    f"{PREFIX}WebFunction": expand_web_function,
    f"{PREFIX}StateMachine": expand_state_machine,
    f"{PREFIX}Api": expand_rest_api,
    f"{PREFIX}HttpApi": expand_http_api,
    f"{PREFIX}WebSocketApi": expand_web_socket_api,
    f"{PREFIX}GraphQLApi": expand_graphql_api,
    f"{PREFIX}SimpleTable": expand_table,
    f"{PREFIX}LayerVersion": expand_layer,
    f"{PREFIX}CapacityProvider": expand_capacity_provider,
    f"{PREFIX}NetworkConnector": expand_network_connector,
    f"{PREFIX}MicrovmImage": expand_image,
    f"{PREFIX}Connector": expand_connector,
}

# Events add to APIs, and connectors look at what the others became.
_ORDER = {
    f"{PREFIX}Function": 0,
    f"{PREFIX}StateMachine": 1,
    f"{PREFIX}Connector": 3,
}
