"""Write a picture as JSON; schema: ``graph`` in ``data/answers.schema.json``."""

from typing import Any

from leastwise.reporters.escape import json_text
from leastwise.reporters.graph.picture import Arrow, Call, Picture, Spot, Track
from leastwise.reporters.place import location_object
from leastwise.reporters.request_json import request_object
from leastwise.reporters.story import Places, cited_object
from leastwise.source.span import Span, locate

VERSION = 1


def render(picture: Picture, places: Places, version: str, data_date: str) -> str:
    """Return the picture as a JSON object; ``version`` and ``data_date`` are those of the tool."""
    return json_text(
        {
            "version": VERSION,
            "tool": {"version": version, "data_date": data_date},
            "from": picture.source or None,
            "to": picture.goal or None,
            "nodes": [_node(n, spot, places) for n, spot in enumerate(picture.spots)],
            "steps": [_step(n, arrow, places) for n, arrow in enumerate(picture.arrows)],
            "chains": [_chain(picture, track) for track in picture.tracks],
            "administrators": [spot.arn or spot.label for spot in picture.administrators],
            "summary": picture.tally._asdict() | {"chains_left_out": picture.left_out},
            "notes": list(picture.notes),
            "not_in_view": [
                {"message": message, "remedy": remedy} for message, remedy in picture.not_in_view
            ],
        }
    )


def _node(number: int, spot: Spot, places: Places) -> dict[str, Any]:
    return {
        "id": number,
        "kind": spot.kind,
        "name": spot.label,
        "arn": spot.arn or None,
        "root": spot.root or None,
        "environment": spot.environment or None,
        "administrator": spot.administrator,
        "location": _place(spot.span, places),
    }


def _place(span: Span | None, places: Places) -> dict[str, str | int] | None:
    file = None if span is None else places.file(span.path)
    return None if span is None or file is None else location_object(locate(file, span))


def _step(number: int, arrow: Arrow, places: Places) -> dict[str, Any]:
    return {
        "id": number,
        "from": arrow.source,
        "to": arrow.target,
        "path": arrow.path or None,
        "certainty": arrow.certainty,
        "does": arrow.words,
        "calls": [_call(call, places) for call in arrow.calls],
        "depends_on": list(arrow.depends_on),
        "also": list(arrow.also),
    }


def _call(call: Call, places: Places) -> dict[str, Any]:
    return {
        "action": call.action,
        "witness": None if call.request is None else request_object(call.request),
        "statements": [cited_object(cited, places) for cited in call.cited],
    }


def _chain(picture: Picture, track: Track) -> dict[str, Any]:
    return {
        "from": picture.start(track),
        "to": picture.end(track),
        "steps": list(track.arrows),
        "certainty": track.certainty,
        "worth": track.worth,
        "gains": track.gains or None,
        "other_ways": track.more,
    }
