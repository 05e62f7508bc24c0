"""Tell programs how one principal becomes another, or what stops it, as JSON."""

from typing import Any

from leastwise.reporters.escape import json_text
from leastwise.reporters.request_json import request_object
from leastwise.reporters.story import Cited, Places, cited_object
from leastwise.reporters.why import Cut, Cuts, Hop, Miss, Way, Why


def render(why: Why, places: Places) -> str:
    """Return the answer as a JSON object."""
    return json_text(
        {
            "answer": why.outcome,
            "sentence": why.sentence,
            "principal": why.principal,
            "target": why.target,
            "held": _statements(why.held, places),
            "ways": [_way(why, way, places) for way in why.ways],
            "more_ways": why.more,
            "to_end_it": None if why.cuts is None else _cuts(why.cuts, places),
            "stopped": [_miss(miss, places) for miss in why.misses],
            "paths_tried": why.tried,
            "principals_tried": why.asked,
            "notes": list(why.notes),
            "not_in_view": list(why.not_in_view),
        }
    )


def _way(why: Why, way: Way, places: Places) -> dict[str, Any]:
    return {
        "certainty": way.certainty,
        "steps": [_hop(why, hop, places) for hop in way.hops],
    }


def _hop(why: Why, hop: Hop, places: Places) -> dict[str, Any]:
    return {
        "from": hop.source,
        "to": hop.target,
        "path": hop.path or None,
        "does": hop.words,
        "certainty": hop.certainty,
        "calls": [
            {
                "action": call.action,
                "witness": None
                if call.request is None
                else request_object(call.request, why.written),
                "statements": _statements(call.cited, places),
            }
            for call in hop.calls
        ],
        "depends_on": list(hop.depends_on),
    }


def _miss(miss: Miss, places: Places) -> dict[str, Any]:
    return {
        "from": miss.source,
        "to": miss.target,
        "path": miss.path or None,
        "does": miss.words,
        "also": list(miss.also),
        "allowed": list(miss.allowed),
        "missing": [
            {
                "action": stop.action or None,
                "text": stop.text,
                "statements": _statements(stop.cited, places),
            }
            for stop in miss.stops
        ],
    }


def _cuts(cuts: Cuts, places: Places) -> dict[str, Any]:
    found = [cut for cut in (cuts.best, cuts.kept) if cut is not None]
    return {
        "sets": [_cut(cut, places) for cut in found],
        "at_least": cuts.least,
        "smallest": cuts.is_smallest,
        "reason": cuts.reason or None,
    }


def _cut(cut: Cut, places: Places) -> dict[str, Any]:
    return {"remove": _statements(cut.parts, places), "other_holders": cut.others}


def _statements(cited: tuple[Cited, ...], places: Places) -> list[dict[str, Any]]:
    return [cited_object(one, places) for one in cited]
