"""Hide what looks like a secret in source lines before they are quoted.

Regular expressions serve here because this reads text for people, not policies. Every hidden
character becomes one ``*``, so that columns and line numbers stay true.

Not modelled: secrets without a telling name or form; whoever can read the source sees them.
"""

import re

_ACCESS_KEY_ID = re.compile(r"(?<![A-Z0-9])(A[KS]IA)([A-Z0-9]{16})(?![A-Z0-9])")
_NAMED = re.compile(
    r"""((?:password|passwd|passphrase|secret|token|private_?key|api_?key|access_?key)
         [\w-]{0,64}["']?\ {0,64}[=:]\ {0,64})
        (?:"((?!arn:)(?:\\.|[^"\\\n])+)|'((?!arn:)[^'\n]+)|(?<=:\ )([^\s"'!{\[$&*|>,][^\n]*))""",
    re.IGNORECASE | re.VERBOSE,
)
_PEM_BEGIN = "-----BEGIN "
_PEM_END = "-----END "


def redact(text: str) -> str:
    """Return the text, of the same length, with secret-looking values replaced by ``*``.

    Hidden are AWS access key ids, PEM blocks, and what is assigned to a name that holds
    password, secret, token or the like (an ARN is not a secret).
    """
    text = _ACCESS_KEY_ID.sub(lambda match: match[1] + _stars(match[2]), text)
    text = _NAMED.sub(_hide_value, text)
    return _hide_pem(text) if _PEM_BEGIN in text else text


def _stars(text: str) -> str:
    return "".join(c if c in "\r\n" else "*" for c in text)


def _hide_value(match: re.Match[str]) -> str:
    value = match[2] or match[3] or match[4]
    return match[0][: -len(value)] + _stars(value)


def _hide_pem(text: str) -> str:
    parts: list[str] = []
    position = 0
    while (begin := text.find(_PEM_BEGIN, position)) != -1:
        # a block without its end is hidden to the end of the text
        body = text.find("-----", begin + len(_PEM_BEGIN))
        body = len(text) if body == -1 else body + len("-----")
        end = text.find(_PEM_END, body)
        end = len(text) if end == -1 else end
        parts += [text[position:body], _stars(text[body:end])]
        position = end
    return "".join([*parts, text[position:]])
