"""What the inputs of much used public modules become, from a table.

``becomes`` is one of

- ``identity``, ``trust``, ``resource``: documents, or statements as
  ``aws_iam_policy_document`` spells them;
- ``managed``: ARNs of policies that are attached; ``managed:NAME``: that policy of AWS is
  attached when the input is true;
- ``boundary``: a permissions boundary;
- ``trust-aws``, ``trust-service``: principals of the trust policy; ``trust-principals``: a map
  from type to principals; ``trust-mixed``: services, or objects with type and identifiers;
  ``trust-github``: subjects of GitHub's tokens;
- ``trust-mfa``, ``trust-external-id``, ``trust-conditions``: what the trust policy asks for;
- ``nothing``: it grants no access in IAM.

The row without input says what the module makes: ``role``, ``user``, ``group``, ``policy`` or
``resource``. ``only_if`` is an input that must be true for the row to count.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from leastwise.frontends.terraform.modules.module_sources import public_name

_TABLE = Path(__file__).parents[3] / "data" / "tf_module_inputs.csv"


class Row(NamedTuple):
    """Hold what one input becomes."""

    becomes: str
    only_if: str = ""


def inputs_of(source: str) -> dict[str, Row]:
    """Return the rows of a module by input, none for a module that is not in the table."""
    return _table().get(public_name(source), {})


@cache
def _table() -> dict[str, dict[str, Row]]:
    table: dict[str, dict[str, Row]] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines()[1:]:
        module, name, becomes, only_if = line.split(",")
        table.setdefault(module, {})[name] = Row(becomes, only_if)
    return table
