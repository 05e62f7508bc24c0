"""Evaluate the configuration a plan was made from, and lay the plan over it."""

import json

from leastwise.config.model import Config, GivenVariables
from leastwise.frontends.terraform.evaluation.evaluate import evaluate_root
from leastwise.frontends.terraform.model import Body, Evaluated, Instance
from leastwise.frontends.terraform.plan.addresses import name_of, steps
from leastwise.frontends.terraform.plan.configuration import Configuration, part
from leastwise.frontends.terraform.plan.placed import fitted, placed
from leastwise.frontends.terraform.project import is_read
from leastwise.frontends.terraform.reading.role_consumers import role_parts
from leastwise.iam.project import Root
from leastwise.source.tree import Tree
from leastwise.source.value import Unknown, Value


def evaluated_at(root: Root, tree: Tree, config: Config, configuration: Configuration) -> Evaluated:
    """Evaluate the root module of a plan with the variables that the plan was made with."""
    values = {
        name: part(configuration.variables, name)["value"]
        for name in configuration.variables
        if "value" in part(configuration.variables, name)
        and not configuration.is_sensitive((), name)
    }
    given = GivenVariables(file="variables.json", data=json.dumps(values).encode())
    config = config._replace(variables=(*config.variables, given))
    module = Root("terraform", root.module or "", root.environment)
    return evaluate_root(module, tree, config, wanted=is_read, parts=role_parts)


def by_address(evaluated: Evaluated) -> dict[str, Instance]:
    """Return the instances of a configuration by address, and once without any keys."""
    found: dict[str, Instance] = {}
    for instance in evaluated.instances:
        found[instance.address] = instance
        found.setdefault(_plain(instance.address), instance)
    return found


def written_of(address: str, instances: dict[str, Instance]) -> Instance | None:
    """Return the instance that a configuration makes of an address.

    One whose keys are not known there stands for all of its block.
    """
    return instances.get(address) or instances.get(_plain(address))


def _plain(address: str) -> str:
    return ".".join(name_of(step) for step in steps(address))


def laid_over(instance: Instance, written: Instance) -> Instance:
    """Return a plan's instance with the places of the configuration."""
    return instance._replace(
        body=_body(instance.body, written.body),
        occurrence=instance.occurrence._replace(calls=written.occurrence.calls),
        known={**written.known, **instance.known},
    )


def _body(plan: Body, written: Body) -> Body:
    attributes: dict[str, Value] = {}
    for name, value in plan.attributes.items():
        spelled = written.attributes.get(name)
        if spelled is None:
            attributes[name] = value
        else:
            place = written.attribute_spans.get(name, written.span)
            attributes[name] = placed(value, spelled, place)
    return Body(
        attributes, _blocks(plan, written), written.span, written.attribute_spans, plan.maybe
    )


def _blocks(plan: Body, written: Body) -> tuple[tuple[str, Body], ...]:
    """Pair nested blocks: the first of a kind that agrees, else the first that is left."""
    found: list[tuple[str, Body]] = []
    left = list(written.blocks)
    for kind, block in plan.blocks:
        same = [(index, one) for index, (name, one) in enumerate(left) if name == kind]
        agreeing = [(index, one) for index, one in same if _agrees(block, one)]
        if not same:
            found.append((kind, block._replace(span=written.span)))
            continue
        index, one = (agreeing or same)[0]
        if not one.maybe:
            del left[index]
        found.append((kind, _body(block, one)))
    return tuple(found)


def _agrees(plan: Body, written: Body) -> bool:
    return all(
        name not in plan.attributes
        or isinstance(plan.attributes[name], Unknown)
        or fitted(plan.attributes[name], value) is not None
        for name, value in written.attributes.items()
    )
