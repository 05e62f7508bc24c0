"""What a rule reports of one case, before it is worded, capped and grouped."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from leastwise.iam.project import Attachment, Principal
from leastwise.rules.model import Level
from leastwise.semantics.model import Answer, Certainty
from leastwise.source.span import Span

PointsAt: TypeAlias = Literal["action", "resource", "principal", "condition"]
"""Which string of a deciding statement a finding points at."""


class Hop(NamedTuple):
    """Hold a later step of a chain: who acts there, what it can do, and the answers that say so.

    ``who`` says it in words that ``calls ...`` can follow: ``as role ci``. ``principal`` is that
    one where it is in view, ``attachments`` what it holds there.
    """

    who: str
    does: str
    answers: tuple[Answer, ...]
    principal: Principal | None = None
    attachments: tuple[Attachment, ...] = ()


class Hit(NamedTuple):
    """Hold one find: ``answers`` with their witnesses, and words that fill the message.

    ``span`` is the narrowest string that decides, where the rule knows better than its
    ``points_at``. ``assumptions`` are sentences beside those of the answers. ``grade`` is the
    number of the grade that speaks, the most serious is 0. ``is_chain``: the answers are steps
    of one way, not several ways. ``path_id`` is the escalation path in the catalogue of paths.

    Where no request decides, ``span`` is the place and ``key`` what tells the find from others of
    its rule in the same document, whatever the lines; ``statements`` are indexes of those that it
    is about. ``code`` is the Access Analyzer check that this is. ``hops`` are the later steps of a
    chain, ``answers`` those of the subject itself. ``in_view``: so is whom it leads to.
    """

    level: Level
    certainty: Certainty
    answers: tuple[Answer, ...]
    message: str
    words: Mapping[str, str] = MappingProxyType({})
    points_at: PointsAt = "action"
    span: Span | None = None
    assumptions: tuple[str, ...] = ()
    grade: int = 0
    is_chain: bool = False
    path_id: str | None = None
    key: tuple[str, ...] = ()
    statements: tuple[int, ...] = ()
    code: str = ""
    hops: tuple[Hop, ...] = ()
    in_view: bool = True
