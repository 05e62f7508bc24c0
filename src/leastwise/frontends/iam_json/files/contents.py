"""Tell what a JSON file holds: policy documents, alone or wrapped, or outputs of the AWS CLI.

Python's own JSON reader is fast and knows no places; it shows what is there. What was claimed is
read again, with places.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from leastwise.frontends.iam_json.files.outputs import (
    DUMP_LISTS,
    IAM,
    LISTS,
    SINGLES,
    Output,
    output_of,
)
from leastwise.iam.policy import PolicyKind
from leastwise.source.span import BOM

Path: TypeAlias = tuple[str | int, ...]

_VERSIONS = ("2012-10-17", "2008-10-17")
_ALL = "*"
_KINDS: dict[Any, PolicyKind] = {
    "SERVICE_CONTROL_POLICY": "scp",
    "RESOURCE_CONTROL_POLICY": "rcp",
}


class Wrapper(NamedTuple):
    """Say where in an output a document is, of which kind, and where its resource's ARN is.

    ``*`` in a way stands for every entry of a list or object. The ARN's way begins at the top,
    or, where the document's has a ``*``, at that entry.
    """

    way: tuple[str, ...]
    kind: PolicyKind | None
    arn: tuple[str, ...] = ()


# What commands of the AWS CLI print, by the CLI Command Reference: get-policy-version,
# get-role-policy, get-role; sns, sqs; secretsmanager, ecr, glue, logs, codeartifact, glacier, ses,
# es and opensearch, backup; ec2 describe-vpc-endpoints; sso-admin; and the many whose output has
# a key "Policy" (s3api, s3control, kms, lambda, dynamodb, kinesis, efs, events, acm-pca).
_WRAPPERS = (
    Wrapper(("PolicyVersion", "Document"), "identity"),
    Wrapper(("PolicyDocument",), "identity"),
    Wrapper(("Role", "AssumeRolePolicyDocument"), "trust"),
    Wrapper(("Attributes", "Policy"), "resource", ("Attributes", "QueueArn")),
    Wrapper(("ResourcePolicy",), "resource", ("ARN",)),
    Wrapper(("ResourcePolicy", "Content"), "resource"),
    Wrapper(("Policy",), "resource", ("Arn",)),
    Wrapper(("policy",), "resource"),
    Wrapper(("policy", "document"), "resource", ("policy", "resourceArn")),
    Wrapper(("policy", "Policy"), "resource"),
    Wrapper(("policyText",), "resource"),
    Wrapper(("PolicyInJson",), "resource"),
    Wrapper(("GetResourcePoliciesResponseList", _ALL, "PolicyInJson"), "resource"),
    Wrapper(("resourcePolicies", _ALL, "policyDocument"), "resource"),
    Wrapper(("Policies", _ALL), "resource"),
    Wrapper(("DomainStatus", "AccessPolicies"), "resource", ("DomainStatus", "ARN")),
    Wrapper(("DomainConfig", "AccessPolicies", "Options"), "resource"),
    Wrapper(("VpcEndpoints", _ALL, "PolicyDocument"), "endpoint"),
    Wrapper(("InlinePolicy",), "identity"),
    Wrapper(("Document",), "identity"),
)
_OTHER_ARNS = (("Attributes", "TopicArn"), ("BackupVaultArn",), ("ResourceArn",))


@dataclass(frozen=True, slots=True)
class Found:
    """Name one document inside a file; ``kind`` is None where its content tells.

    ``arn`` is the way to the ARN of the resource that the document is the policy of, if any.
    """

    path: Path
    kind: PolicyKind | None
    arn: Path = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """Say what a file is: the documents in it, the outputs in it (none: something else).

    ``broken``: it is no JSON. ``described`` are ARNs of an account of which a dump says all;
    ``bound``: it is a dump, or an ARN in it says of which account its outputs are.
    """

    documents: tuple[Found, ...] = ()
    outputs: frozenset[Output] = frozenset()
    described: frozenset[str] = frozenset()
    bound: bool = False
    broken: bool = False

    @property
    def of_account(self) -> bool:
        """Say whether some output is about the IAM of an account."""
        return not IAM.isdisjoint(self.outputs)


def contents_of(data: bytes) -> Contents:
    """Say what the bytes of a JSON file hold."""
    try:
        parsed = json.loads(data.removeprefix(BOM).decode("utf-8"))
    except (ValueError, RecursionError):
        return Contents(broken=True)
    items = parsed if isinstance(parsed, list) else [parsed]
    outputs = frozenset(name for item in items if (name := output_of(item)) is not None)
    documents = tuple(documents_in(parsed)) if "dump" not in outputs else ()
    arns = frozenset(arn for item in items for arn in _arns(item)) if outputs else frozenset()
    own = frozenset(filter(_has_account, arns))
    described = own if "dump" in outputs else frozenset()
    return Contents(documents, outputs, described, bound=bool(own) or "dump" in outputs)


def _arns(parsed: Any) -> Iterator[str]:
    """Yield the ARNs of principals and policies that an output describes."""
    if not isinstance(parsed, dict):
        return
    entries = [parsed, *(parsed.get(key) for key in (*SINGLES, "Policy"))]
    for key in (*DUMP_LISTS, *LISTS, "Policies"):
        entries += _items(parsed.get(key))
    for entry in entries:
        arn = entry.get("Arn") if isinstance(entry, dict) else None
        if isinstance(arn, str):
            yield arn


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _has_account(arn: str) -> bool:
    parts = arn.split(":", 5)
    return len(parts) == 6 and parts[2] == "iam" and parts[4] not in ("", "aws")


def documents_in(parsed: Any) -> Iterator[Found]:
    """Yield the documents of a file, or of each entry of a list, by their shape."""
    if not isinstance(parsed, list):
        yield from _document(parsed, ())
        return
    for index, item in enumerate(parsed):
        yield from _document(item, (index,))


def _document(parsed: Any, path: Path) -> Iterator[Found]:
    """Yield the documents that an object is or wraps."""
    if not isinstance(parsed, dict) or "Resources" in parsed:
        return
    if _is_document(parsed):
        yield Found(path, None)
        return
    control = _control_policy(parsed)
    if control is not None:
        yield Found((*path, "Policy", "Content"), control)
        return
    for wrapper in _WRAPPERS:
        found = list(_wrapped(parsed, wrapper, path))
        if found:
            yield from found
            return


def _control_policy(parsed: dict[str, Any]) -> PolicyKind | None:
    """Return the kind of what ``organizations describe-policy`` prints, if it is one of IAM's."""
    policy = parsed.get("Policy")
    summary = policy.get("PolicySummary") if isinstance(policy, dict) else None
    kind = summary.get("Type") if isinstance(summary, dict) else None
    return _KINDS.get(kind) if isinstance(kind, str) else None


def _wrapped(parsed: Any, wrapper: Wrapper, path: Path) -> Iterator[Found]:
    for way, inner in _reached(parsed, wrapper.way):
        if _is_document(inner) or _is_document_text(inner):
            arns = (wrapper.arn, *_OTHER_ARNS) if wrapper.arn else ()
            arn = next((a for a in arns if _is_arn(parsed, a)), ())
            yield Found((*path, *way), wrapper.kind, (*path, *arn) if arn else ())


def _is_arn(parsed: Any, way: tuple[str, ...]) -> bool:
    return any(isinstance(v, str) and v.startswith("arn:") for _, v in _reached(parsed, way))


def _reached(parsed: Any, way: tuple[str, ...]) -> Iterator[tuple[Path, Any]]:
    """Yield what lies at a way, with the keys and indexes that lead there."""
    if not way:
        yield (), parsed
        return
    step, rest = way[0], way[1:]
    entries: list[tuple[str | int, Any]] = []
    if isinstance(parsed, dict):
        named = parsed.items() if step == _ALL else ((step, parsed.get(step)),)
        entries = [(key, inner) for key, inner in named if inner is not None]
    elif isinstance(parsed, list) and step == _ALL:
        entries = list(enumerate(parsed))
    for key, inner in entries:
        for path, found in _reached(inner, rest):
            yield (key, *path), found


def _is_document(parsed: Any) -> bool:
    if not isinstance(parsed, dict) or "Statement" not in parsed:
        return False
    statements = parsed["Statement"]
    items = statements if isinstance(statements, list) else [statements]
    if any(isinstance(item, dict) and "Effect" in item for item in items):
        return True
    return parsed.get("Version") in _VERSIONS and all(isinstance(i, dict) for i in items)


def _is_document_text(parsed: Any) -> bool:
    return (
        isinstance(parsed, str)
        and parsed.lstrip().startswith(("{", "%7B", "%7b"))
        and "Statement" in parsed
    )
