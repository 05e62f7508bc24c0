"""Where a stack is deployed: account, region and partition, known or one symbol for each."""

from typing import Literal, NamedTuple, TypeAlias

from leastwise.iam.project import Account
from leastwise.source.text import literal_text
from leastwise.source.value import Symbol, Text

Part: TypeAlias = Literal["account", "region", "partition", "url-suffix"]

_REFERENCES: dict[Part, tuple[str, str]] = {
    "partition": ("AWS::Partition", "aws*"),
    "region": ("AWS::Region", "*"),
    "account": ("AWS::AccountId", "*"),
    "url-suffix": ("AWS::URLSuffix", "*"),
}
PSEUDO_PARTS: dict[str, Part] = {reference: part for part, (reference, _) in _REFERENCES.items()}
"""The pseudo parameters that name a part of the environment."""


class Environment(NamedTuple):
    """Hold what is known of where a stack and its nested stacks are deployed to.

    ``id`` begins the ids of the symbols for what is not known: the path of the root's template.
    """

    id: str
    account: str | None = None
    region: str | None = None

    def text(self, part: Part) -> Text:
        """Return a part as a string: known characters, or its symbol."""
        known = self._known(part)
        return Text((self.symbol(part),)) if known is None else literal_text(known)

    def symbol(self, part: Part) -> Symbol:
        """Return the symbol that stands for a part while it is not known."""
        reference, glob = _REFERENCES[part]
        return Symbol(f"{self.id}|aws|{part}", reference, glob, environment=True)

    def deployed_to(self) -> Account:
        """Return the account of the stack."""
        return Account(self.symbol("account").id, self.account)

    def _known(self, part: Part) -> str | None:
        match part:
            case "account":
                return self.account
            case "region":
                return self.region
            case "partition":
                return None if self.region is None else _partition(self.region)
            case "url-suffix":
                return None if self.region is None else _url_suffix(self.region)


def _partition(region: str) -> str:
    """Return the partition of a region; source: "Amazon Resource Names (ARNs)", IAM User Guide."""
    beginnings = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"))
    return next((name for start, name in beginnings if region.startswith(start)), "aws")


def _url_suffix(region: str) -> str:
    """Source: "Pseudo parameters reference", AWS CloudFormation template reference."""
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
