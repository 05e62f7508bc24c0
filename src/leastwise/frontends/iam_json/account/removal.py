"""Say with which AWS CLI command a principal of a dump lets go of a managed policy.

Names come from a file that anyone may have written, so a command is offered only where they are
what IAM lets names be; then no argument needs quoting.

Source: "IAM and AWS STS quotas" (name requirements), AWS IAM User Guide; AttachRolePolicy and
DetachRolePolicy and their counterparts, AWS CLI Reference.
"""

import string

from leastwise.iam.project import PrincipalKind, Removal

_NAME = frozenset(string.ascii_letters + string.digits + "+=,.@_-")
_ARN = _NAME | {"/", ":"}
_MAX_NAME = 128
_MAX_ARN = 2048


def removal_of(kind: PrincipalKind, name: str, arn: str) -> Removal | None:
    """Return the command that detaches a policy and the one that attaches it again."""
    if kind == "permission-set" or not (_is_name(name) and _is_arn(arn)):
        return None
    arguments = (f"--{kind}-name", name, "--policy-arn", arn)
    return Removal(
        command=("aws", "iam", f"detach-{kind}-policy", *arguments),
        undo=("aws", "iam", f"attach-{kind}-policy", *arguments),
    )


def _is_name(name: str) -> bool:
    # A leading dash is legal in a name, but the command would read it as an option.
    return 0 < len(name) <= _MAX_NAME and _NAME.issuperset(name) and not name.startswith("-")


def _is_arn(arn: str) -> bool:
    return arn.startswith("arn:") and len(arn) <= _MAX_ARN and _ARN.issuperset(arn)
