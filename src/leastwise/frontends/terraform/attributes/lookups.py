"""Spell what data sources work out from their own arguments, without asking AWS."""

from collections.abc import Callable

from leastwise.frontends.terraform.attributes.attribute import text_at
from leastwise.frontends.terraform.model import Body
from leastwise.source.text import concat, join_pieces, literal_text, slice_piece
from leastwise.source.value import Chars, Piece, Symbol, Text

_SCHEME = "https://"
_ARN_PARTS = ("partition", "service", "region", "account", "resource")

_OWN_SUFFIX = frozenset(
    ("cloudhsm", "codedeploy", "config", "dms", "elasticmapreduce", "logs", "workspaces")
)
"""Services whose principal ends in the partition's own suffix in some partitions."""


def host_of(url: Text | None) -> Text | None:
    """Return a URL as IAM gives it back, without its scheme; None when it may have one or not.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html
    """
    first = url.pieces[0] if url is not None and url.pieces else None
    if url is None or not isinstance(first, Chars):
        return None
    if not first.text.startswith(_SCHEME):
        return url if "/" in first.text or "." in first.text else None
    rest = slice_piece(first, len(_SCHEME), len(first.text))
    return Text(join_pieces((rest, *url.pieces[1:])), url.span, derived=True)


def _service_principal(body: Body, attribute: str, suffix: Text) -> Text | None:
    """Spell a service principal: ``amazonaws.com`` but for some services in some partitions.

    Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/service_principal
    """
    service = text_at(body, "service_name")
    if service is None or service.literal is None or attribute not in ("name", "suffix"):
        return None
    end = literal_text("amazonaws.com")
    if service.literal in _OWN_SUFFIX and suffix.literal != "amazonaws.com":
        reference = f"the principal suffix of {service.literal}"
        identity = "|".join(p.id for p in suffix.pieces if isinstance(p, Symbol))
        end = Text((Symbol(f"{identity}|{service.literal}", reference, environment=True),))
    return end if attribute == "suffix" else concat([service, literal_text("."), end])


def _arn(body: Body, attribute: str, suffix: Text) -> Text | None:  # noqa: ARG001
    """Spell a part of an ARN (``data.aws_arn``); None when its colons are not all known."""
    text = text_at(body, "arn")
    if text is None or attribute not in _ARN_PARTS:
        return None
    parts = arn_parts(text)
    return None if parts is None else parts[_ARN_PARTS.index(attribute) + 1]


def arn_parts(text: Text) -> list[Text] | None:
    """Split an ARN at its first five colons; None when one may be inside an unknown part."""
    parts: list[list[Piece]] = [[]]
    for piece in text.pieces:
        if not isinstance(piece, Chars):
            if len(parts) < 6 and not (isinstance(piece, Symbol) and piece.environment):
                return None
            parts[-1].append(piece)
            continue
        at = 0
        while len(parts) < 6 and (found := piece.text.find(":", at)) != -1:
            parts[-1].append(slice_piece(piece, at, found))
            parts.append([])
            at = found + 1
        parts[-1].append(slice_piece(piece, at, len(piece.text)))
    if len(parts) < 6:
        return None
    return [Text(join_pieces(part), text.span, derived=True) for part in parts]


LOOKUPS: dict[str, Callable[[Body, str, Text], Text | None]] = {
    "aws_arn": _arn,
    "aws_service_principal": _service_principal,
}
"""From a data source's body, attribute and URL suffix to what it spells; None: not known."""
