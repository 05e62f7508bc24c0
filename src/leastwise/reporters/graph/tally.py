"""Say what a picture amounts to: how many can become an administrator, and what was looked at."""

from collections import Counter
from collections.abc import Iterator, Sequence

from leastwise.reporters.graph.picture import (
    Arrow,
    Picture,
    Spot,
    Track,
    is_somebody,
    name_of,
    names_of,
)
from leastwise.reporters.style import counted

MOST_NAMED = 5
_MOST_NOTED = 10


def listed(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """Name some, and count the rest."""
    more = len(names) - most
    if more <= 0:
        return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
    return f"{', '.join(names[:most])} and {more} more"


def goal_words(picture: Picture, track: Track, end: Spot) -> str:
    """Say what a chain leads to; finishes the sentence "X can ..."."""
    if track.worth == "admin" and picture.goal in ("", "admin"):
        return "become an administrator"
    if not track.gains or picture.goal:
        return f"become {name_of(end)}"
    if not is_somebody(end):
        return f"gain {track.gains}"
    return f"become {name_of(end)} and so gain {track.gains}"


def more_words(track: Track) -> str:
    """Say how many other ways there are, after a chain."""
    return f", and in {counted(track.more, 'other way')}" if track.more else ""


def counts(picture: Picture) -> Iterator[str]:
    """Yield the sentences that sum a picture up."""
    tally = picture.tally
    if picture.source or picture.goal not in ("", "admin"):
        yield _answer(picture)
    else:
        yield _admins(picture)
    held = names_of(picture.administrators)
    if held and not picture.source and picture.goal in ("", "admin"):
        rest = "is an administrator" if len(held) == 1 else "are administrators"
        yield f"{listed(held)} {rest} by {'its' if len(held) == 1 else 'their'} own policies"
    workloads = counted(tally.workloads, "workload")
    steps = counted(tally.steps, "step")
    principals = counted(tally.principals, "principal")
    yield f"looked at {principals}, {workloads} and {steps} between them"


def _admins(picture: Picture) -> str:
    tally = picture.tally
    if not tally.principals:
        return "no principal is in view"
    others = "other " if picture.administrators else ""
    of = f"of {counted(tally.principals, 'principal')} in view"
    if not tally.able and not tally.perhaps:
        if picture.tracks or picture.left_out:
            return f"no {others}principal in view can become an administrator"
        return f"no {others}principal in view can become another that may do more"
    if not tally.able:
        return f"{tally.perhaps} {of} may become an administrator"
    more = f"; {tally.perhaps} more may" if tally.perhaps else ""
    return f"{tally.able} {of} can become an administrator{more}"


def _answer(picture: Picture) -> str:
    """Answer for one beginning, or one end."""
    number = len(picture.tracks) + picture.left_out
    goal = "an administrator" if picture.goal == "admin" else picture.goal
    if picture.source and goal:
        if number:
            return f"{picture.source} {_verb(picture)} become {goal}"
        return f"no chain in view by which {picture.source} becomes {goal}; see leastwise why"
    if picture.source:
        return _reached(picture)
    if not number:
        return f"nobody in view can become {goal}"
    sure = sum(1 for track in picture.tracks if track.certainty == "proven")
    rest = number - sure
    more = f"; {rest} {'more ' if sure else ''}may" if rest else ""
    return f"{sure or 'none'} of those in view can become {goal}{more}"


def _reached(picture: Picture) -> str:
    """Count whom one reaches."""
    ends = {picture.end(track) for track in picture.tracks}
    spots = [spot for number in ends if is_somebody(spot := picture.spots[number])]
    everything = any(spot.kind == "admin" for spot in spots)
    number = sum(1 for spot in spots if spot.kind != "admin") + picture.left_out
    admins = sum(1 for spot in spots if spot.administrator == "proven")
    deeds = [f"become {counted(number, 'other')}{_among(number, admins)}"] * bool(number)
    deeds += ["have every permission"] * everything
    if not deeds:
        return f"{picture.source} can become nobody else"
    return f"{picture.source} {_verb(picture)} {' and '.join(deeds)}"


def _among(number: int, admins: int) -> str:
    if not admins:
        return ""
    if number == 1:
        return ", an administrator"
    return f" ({counted(admins, 'administrator')} among them)"


def _verb(picture: Picture) -> str:
    return "can" if any(t.certainty == "proven" for t in picture.tracks) else "may"


def noted(picture: Picture) -> Iterator[str]:
    """Yield what has to be known beside the chains."""
    for note in picture.notes:
        yield f"note: {note}"
    unseen = Counter(message for message, _ in picture.not_in_view)
    remedies = dict(reversed(picture.not_in_view))
    for message, number in list(unseen.items())[:_MOST_NOTED]:
        more = f" (and {number - 1} more like it)" if number > 1 else ""
        yield f"not in view: {message}: {remedies[message]}{more}"
    more_kinds = len(unseen) - _MOST_NOTED
    if more_kinds > 0:
        yield f"not in view: {more_kinds} more (leastwise check lists them)"


def short_words(arrow: Arrow) -> str:
    """Return what stands beside the line of an arrow."""
    return arrow.path or arrow.label or arrow.words


def shortened(text: str, most: int = 60) -> str:
    """Cut the middle out of a long name: its end says most."""
    if len(text) <= most:
        return text
    head = most // 3
    return f"{text[:head]}…{text[len(text) - (most - head - 1) :]}"
