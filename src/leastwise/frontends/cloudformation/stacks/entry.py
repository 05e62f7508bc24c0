"""Enter a root: its template with its transforms done, its parameters, the stacks that it nests."""

from typing import NamedTuple

from leastwise.config.model import Config
from leastwise.frontends.cloudformation.evaluation.intrinsics import root_scope
from leastwise.frontends.cloudformation.scope.deployment import Deployment
from leastwise.frontends.cloudformation.stacks.inputs import Inputs, load_inputs
from leastwise.frontends.cloudformation.stacks.nesting import Nest, Stack, with_nested
from leastwise.frontends.cloudformation.stacks.opening import Opened, Shelf, opened
from leastwise.frontends.cloudformation.syntax.recognise import TemplateFile
from leastwise.frontends.cloudformation.transforms.expand import Stage
from leastwise.iam.project import Root
from leastwise.source.tree import Tree


class Entered(NamedTuple):
    """Hold the stack of a root with those below it, and what came up on the way to them."""

    top: Opened
    inputs: Inputs
    nest: Nest
    stack: Stack


def entered(
    root: Root, file: TemplateFile, tree: Tree, config: Config, deployment: Deployment
) -> Entered | Opened:
    """Open the template of a root and what it nests; the template alone where it can't be read.

    A transform that asks for parameters is done again once they are known.
    """
    first = opened(file, root.path, Stage(tree))
    if first.template is None:
        return first
    inputs = load_inputs(root, first.template, tree, config, deployment)
    top = first
    if first.waiting:
        top = opened(file, root.path, Stage(tree, inputs.given, inputs.environment))
    scope = root_scope(top.template or first.template, inputs.environment, inputs.given)
    nest = Nest(Shelf(tree, {root.path: top}), [top])
    return Entered(top, inputs, nest, with_nested(scope, top.source, nest))
