"""Draw the pictures of the README from what the program really prints.

    python scripts/draw_terminal.py docs/images/check.svg -- leastwise check examples/shop

Runs the command with colour forced, and turns its standard output into an SVG. The drawing is
plain SVG text: no fonts are fetched, no script runs.
"""

import argparse
import os
import subprocess
import sys
from html import escape
from pathlib import Path

COLUMN, LINE, MARGIN = 8.4, 19, 18
BACKGROUND, FOREGROUND = "#16181d", "#d6dae0"
COLORS = {
    "31": "#ff6b6b",
    "32": "#7bd88f",
    "33": "#f5c04a",
    "34": "#6cb6ff",
    "35": "#d19af5",
    "36": "#5fd1d6",
    "90": "#8a919e",
    "91": "#ff6b6b",
    "92": "#7bd88f",
    "93": "#f5c04a",
    "94": "#6cb6ff",
    "96": "#5fd1d6",
}


def spans(line: str) -> list[tuple[str, str, bool]]:
    """Split a line with SGR sequences into (text, colour, bold)."""
    found: list[tuple[str, str, bool]] = []
    color, bold = FOREGROUND, False
    for index, part in enumerate(line.split("\x1b[")):
        text = part
        if index:
            codes, _, text = part.partition("m")
            for code in codes.split(";"):
                if code in ("", "0"):
                    color, bold = FOREGROUND, False
                elif code == "1":
                    bold = True
                elif code == "2":
                    color = COLORS["90"]
                elif code in COLORS:
                    color = COLORS[code]
        if text:
            found.append((text, color, bold))
    return found


def draw(command: str, output: str) -> str:
    """Return the SVG of a terminal that shows the command and its output."""
    lines = [f"\x1b[90m$\x1b[0m \x1b[1m{command}\x1b[0m", *output.rstrip("\n").split("\n")]
    columns = max(sum(len(text) for text, _, _ in spans(line)) for line in lines)
    width = round(columns * COLUMN + 2 * MARGIN)
    height = round(len(lines) * LINE + 2 * MARGIN)
    body: list[str] = []
    for number, line in enumerate(lines):
        column = 0
        for text, color, bold in spans(line):
            x, y = MARGIN + column * COLUMN, MARGIN + (number + 0.75) * LINE
            weight = ' font-weight="bold"' if bold else ""
            body.append(
                f'<text x="{x:.1f}" y="{y:.1f}" fill="{color}"{weight} xml:space="preserve"'
                f' textLength="{len(text) * COLUMN:.1f}">{escape(text)}</text>'
            )
            column += len(text)
    inside = "\n".join(body)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" font-family="ui-monospace, SFMono-Regular, Menlo,'
        f' DejaVu Sans Mono, monospace" font-size="14" role="img"'
        f' aria-label="Output of {escape(command)}">\n'
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>\n{inside}\n</svg>\n'
    )


def main() -> int:
    """Draw one command."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("picture", type=Path)
    arguments.add_argument("--lines", type=int, default=0, help="draw the first N lines only")
    arguments.add_argument("command", nargs="+")
    chosen = arguments.parse_args()
    environment = {**os.environ, "FORCE_COLOR": "1"}
    environment.pop("NO_COLOR", None)
    done = subprocess.run(
        [sys.executable, "-m", *chosen.command],
        env=environment,
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
    )
    output = done.stdout
    if chosen.lines:
        output = "\n".join(output.split("\n")[: chosen.lines])
    chosen.picture.parent.mkdir(parents=True, exist_ok=True)
    chosen.picture.write_text(draw(" ".join(chosen.command), output), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
