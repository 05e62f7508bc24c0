"""Tell which requests a service refuses, whatever policies say: changes of what AWS owns.

- Managed policies of AWS cannot be changed:
  https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
- Roles of IAM Identity Center are modifiable by AWS only; on passing them AWS is silent, so that
  is not decided: https://repost.aws/knowledge-center/identity-center-aws-reserved-sso
- Aliases that begin with ``alias/aws/`` are reserved for AWS managed keys:
  https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html

Service-linked roles are not among them: what their services allow differs.
"""

from typing import NamedTuple

from leastwise.semantics.truth import Truth

_CHANGES = ("create", "delete", "put", "set", "tag", "untag", "update")
_ATTACHMENTS = ("attach", "detach")
_IDENTITY_CENTER = "role/aws-reserved/"


class _Owned(NamedTuple):
    """Name resources of AWS by service, account (empty: any) and the start of the sixth part."""

    service: str
    account: str
    start: str
    refused: tuple[str, ...]


_OWNED = (
    _Owned("iam", "aws", "policy/", _CHANGES),
    _Owned("iam", "", _IDENTITY_CENTER, _CHANGES + _ATTACHMENTS),
    _Owned("kms", "", "alias/aws/", _CHANGES),
)


def is_refused(action: str, resource: str) -> Truth:
    """Tell whether a request would change a resource that is AWS's own; None: AWS may refuse it."""
    service, _, operation = action.lower().partition(":")
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return False
    if (service, operation) == ("iam", "passrole") and parts[5].startswith(_IDENTITY_CENTER):
        return None
    return any(
        service == owned.service == parts[2].lower()
        and owned.account in ("", parts[4])
        and parts[5].startswith(owned.start)
        and operation.startswith(owned.refused)
        for owned in _OWNED
    )
