"""Tell who can make a request: one entry for each, with the lines that let them."""

from typing import NamedTuple

from leastwise.reporters.escape import json_text, terminal
from leastwise.reporters.story import Places, Story, cited_name, story_object
from leastwise.reporters.style import Sheet, Style, counted, wrapped
from leastwise.reporters.words import request_parts

ANY_RESOURCE = "any resource"
MOST_LISTED = 20
_MOST_CITED = 3


class Roll(NamedTuple):
    """Hold the stories of all who can or may, in order; ``asked`` counts who was asked for."""

    action: str
    resource: str
    stories: tuple[Story, ...]
    asked: int
    notes: tuple[str, ...] = ()


def render(roll: Roll, places: Places, sheet: Sheet, *, show_all: bool) -> str:
    """Return the list for people, at most 20 entries unless all are to be shown."""
    shown = roll.stories if show_all else roll.stories[:MOST_LISTED]
    blocks = [_entry(story, places, sheet) for story in shown]
    if len(shown) < len(roll.stories):
        blocks.append([f"and {len(roll.stories) - len(shown)} more (--show-all)"])
    blocks.append([sheet.paint(terminal(line), "strong") for line in _tally(roll)])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _tally(roll: Roll) -> list[str]:
    able = sum(1 for story in roll.stories if story.outcome == "allowed")
    open_ones = len(roll.stories) - able
    asked = f"{roll.action} on {roll.resource}"
    if roll.resource == ANY_RESOURCE:
        asked = f"make some request of {asked}"
    line = f"{able or 'none'} of {counted(roll.asked, 'caller')} in view can {asked}"
    if not roll.asked:
        line = f"nobody is in view who could {asked}"
    if open_ones:
        line += f"; {open_ones} {'more ' if able else ''}may"
    return [line, *(f"note: {note}" for note in roll.notes)]


def _entry(story: Story, places: Places, sheet: Sheet) -> list[str]:
    style: Style = "help" if story.outcome == "allowed" else "warning"
    word = "can" if story.outcome == "allowed" else "may"
    lines = [f"{sheet.paint(word, style)} {sheet.paint(terminal(story.principal), 'strong')}"]
    told = [(c.layer, f"{cited_name(c, places)} {c.text}") for c in story.cited[:_MOST_CITED]]
    if story.needs:
        pairs = " and ".join(f"{key} {' or '.join(values)}" for key, values in story.needs)
        told.append(("needs", f"{pairs}, for example"))
    told += [("depends on", reason) for reason in story.reasons]
    if story.witness is not None:
        action, _, *context = request_parts(story.witness, story.written)
        told.append(("request", " ".join([action, *context])))
    for head, text in told:
        first, *rest = wrapped(terminal(text), max(sheet.width - len(head) - 6, 40))
        lines.append(f"    {sheet.paint(f'{head}:', 'strong')} {first}")
        lines += [" " * (len(head) + 6) + line for line in rest]
    return lines


def as_json(roll: Roll, places: Places) -> str:
    """Return everyone as JSON."""
    return json_text(
        {
            "action": roll.action,
            "resource": roll.resource,
            "asked": roll.asked,
            "notes": list(roll.notes),
            "who": [story_object(story, places) for story in roll.stories],
        }
    )
