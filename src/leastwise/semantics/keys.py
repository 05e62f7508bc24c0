"""Spell condition keys as people do; the engine compares them without case, in lower case.

A policy's own spelling comes first, then AWS's reference: the global keys
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html), then
those of the action index.
"""

from collections.abc import Iterable, Mapping

from leastwise.semantics.actions import spelled_key
from leastwise.semantics.model import Deciding

_GLOBAL = (
    "aws:AssumedRoot",
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:ChatbotSourceArn",
    "aws:CurrentTime",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:Ec2InstanceSourceVpc",
    "aws:EpochTime",
    "aws:FederatedProvider",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:PrincipalTag/",
    "aws:PrincipalType",
    "aws:RequestTag/",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:ResourceTag/",
    "aws:SecureTransport",
    "aws:SignInSessionArn",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIdentity",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:TagKeys",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:ViaAWSService",
    "aws:VpcSourceIp",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
)
_SPELLED = {key.lower(): key for key in _GLOBAL}


def spell_key(key: str, written: Mapping[str, str] | None = None) -> str:
    """Spell a key; ``written`` maps keys in lower case to how policies write them."""
    folded = key.lower()
    if written is not None and folded in written:
        return written[folded]
    head, slash, rest = key.partition("/")
    if folded.startswith("aws:"):
        return _SPELLED.get(f"{head}{slash}".lower(), f"{head}{slash}") + rest
    return spelled_key(key) or key


def written_keys(deciding: Iterable[Deciding]) -> dict[str, str]:
    """Map the keys of statements, in lower case, to how they are written there."""
    found: dict[str, str] = {}
    for one in deciding:
        if one.statement < 0:  # it stands for a whole document
            continue
        for condition in one.policy.document.statements[one.statement].conditions:
            text = condition.key.literal
            if text is not None:
                found.setdefault(text.lower(), text)
    return found
