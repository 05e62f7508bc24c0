"""Hold an ARN against the forms that the ARNs of its service have, and say what does not fit."""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.rules.model import Level
from leastwise.rules.python.validity.written_arn import WrittenArn, is_blank, is_known
from leastwise.semantics.arn_formats import ArnFormat, formats_of_service, overlaps
from leastwise.semantics.spelling import nearest

_ANY_FORM = frozenset({"execute-api"})
"""Services whose ARNs have parts that may be left out, which the reference does not say:
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
"""
_SHARED = frozenset({"ssm", "elasticbeanstalk", "imagebuilder", "lambda", "rds", "config"})
"""Services with resources of AWS's own, whose ARNs have no account that is one (public parameters
and documents of Systems Manager, platforms of Elastic Beanstalk)."""
_SHOWN = 2
_REFUSED_WITH_REGION = frozenset({"iam", "s3"})


class Misfit(NamedTuple):
    """Hold one part of an ARN that no resource of its service has so.

    ``refused``: IAM does not store such a policy.
    """

    code: str
    message: str
    level: Level = "warning"
    refused: bool = False


def misfits(arn: WrittenArn) -> Iterator[Misfit]:
    """List what no resource of the service has so: the path, the Region or the account."""
    _, _, service, region, account, path = arn.parts
    service = service.lower()
    formats = formats_of_service(service)
    if not formats or service in _ANY_FORM or is_blank(path) or _reaches(arn, formats):
        return
    alike = [f for f in formats if overlaps(path, f.path, slashless=f.slashless)]
    if not alike:
        yield Misfit(
            "INVALID_ARN_RESOURCE",
            f"{service} has no resource whose ARN ends in {path!r}, but {_forms(path, formats)}",
            refused=service == "iam",
        )
        return
    fitting = [f for f in alike if overlaps(account, f.account)] or alike
    if not any(overlaps(region, f.region) for f in fitting):
        yield _region_misfit(service, region)
    fitting = [f for f in alike if overlaps(region, f.region)] or alike
    owned = account or service not in _SHARED
    if owned and not any(overlaps(account, f.account) for f in fitting):
        yield _account_misfit(service, account, fitting)


def _reaches(arn: WrittenArn, formats: tuple[ArnFormat, ...]) -> bool:
    """Say whether an ARN fits when a star that ends a field matches past the colon.

    SOUND: over-approximates; AWS's own policies rest on it (``arn:aws:logs:*:*:/aws-glue/*``).
    """
    if not arn.crosses:
        return False
    *_, region, account, path = arn.parts
    tails = [f"{account}:{path}", f"*:{account}:{path}"] if region.endswith("*") else []
    tails += [f"*:{path}"] if account.endswith("*") else []
    return any(overlaps(t, f.path, slashless=f.slashless) for t in tails for f in formats)


def takes(formats: tuple[ArnFormat, ...], arn: WrittenArn) -> bool:
    """Say whether some resource of these formats is one that an ARN of six fields names."""
    service, path = arn.parts[2].lower(), arn.parts[5]
    alike = tuple(f for f in formats if f.service == service)
    fits = any(overlaps(path, f.path, slashless=f.slashless) for f in alike)
    return fits or _reaches(arn, alike)


def _region_misfit(service: str, region: str) -> Misfit:
    if region:
        return Misfit(
            "ARN_REGION_NOT_ALLOWED",
            f"ARNs of such resources of {service} have no Region, this one has {region!r}",
            refused=service in _REFUSED_WITH_REGION,
        )
    return Misfit(
        "MISSING_ARN_REGION",
        f"ARNs of such resources of {service} have a Region, this one has none",
    )


def _account_misfit(service: str, account: str, formats: list[ArnFormat]) -> Misfit:
    if not account:
        return Misfit(
            "MISSING_ARN_ACCOUNT",
            f"ARNs of such resources of {service} have an account, this one has none",
        )
    named = {f.account for f in formats if is_known(f.account)}
    if named:
        return Misfit(
            "INVALID_ARN_ACCOUNT",
            f"ARNs of such resources of {service} have {min(named)!r} for an account,"
            f" this one has {account!r}",
        )
    return Misfit(
        "ARN_ACCOUNT_NOT_ALLOWED",
        f"ARNs of such resources of {service} have no account, this one has {account!r}",
    )


def _forms(path: str, formats: tuple[ArnFormat, ...]) -> str:
    """Name a few of the forms that paths have: those that begin like this one, shortest first."""
    heads = {head for f in formats if is_known(head := _head(f.path))}
    head = _head(path)
    wanted = head if head in heads else nearest(head, heads)
    alike = {f.path for f in formats if wanted in (None, _head(f.path))}
    found = sorted((p.replace("?*", "*") for p in alike), key=lambda p: (len(p), p))
    shown = ", ".join(repr(p) for p in found[:_SHOWN])
    return shown + (", ..." if len(found) > _SHOWN else "")


def _head(path: str) -> str:
    """Return what stands before the first slash or colon: the type, in most services."""
    return path.partition("/")[0].partition(":")[0]
