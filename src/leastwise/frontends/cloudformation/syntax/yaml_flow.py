"""Cut flow collections out of YAML text that are nested deeper than anything is read.

libyaml takes quadratic time for nested brackets: 100,000 of them cost half a minute. So their
end is looked for here, and what stands between is replaced by blanks before it is parsed again.
"""

import re

_TOKEN = re.compile(
    r"""
      "(?:[^"\\]|\\.)*"                  # double-quoted
    | (?<=[\s\[{,:])'(?:[^']|'')*'       # single-quoted; elsewhere it is an apostrophe
    | (?<=\s)\#[^\r\n]*                  # comment
    | (?P<open>[\[{]) | (?P<close>[\]}])
    """,
    re.VERBOSE | re.DOTALL,
)


def without_flow(text: str, at: int) -> str | None:
    """Empty the flow collection whose bracket is at ``at``; None when it has no end.

    All other characters keep their offsets.
    """
    depth = 0
    for token in _TOKEN.finditer(text, at):
        if token["open"]:
            depth += 1
        elif token["close"]:
            depth -= 1
            if depth == 0:
                return text[: at + 1] + " " * (token.start() - at - 1) + text[token.start() :]
    return None
