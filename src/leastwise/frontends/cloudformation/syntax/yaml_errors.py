"""Word YAML errors: where, what, and what to do."""

from typing import TYPE_CHECKING

from leastwise.frontends.cloudformation.syntax.yaml_scalars import Decoded
from leastwise.source.diagnostic import Diagnostic

if TYPE_CHECKING:
    import yaml


def syntax_error(source: Decoded, error: "yaml.MarkedYAMLError") -> Diagnostic:
    """Word an error of the scanner or parser, with the line on which its context starts."""
    mark = error.problem_mark or error.context_mark
    index = min(mark.index, len(source.text)) if mark else 0
    span = source.span(index, min(index + 1, len(source.text)))
    if source.text[index : index + 1] == "\t":
        message, remedy = "a tab is used for indentation", "YAML indents with spaces only"
    else:
        message = f"not YAML: {error.problem or 'unexpected text'}"
        if error.context:
            message += f" ({error.context}{_since(error, mark)})"
        remedy = template_remedy(source, index)
    return Diagnostic("error", "yaml-syntax", span, message, remedy)


def _since(error: "yaml.MarkedYAMLError", mark: "yaml.Mark | None") -> str:
    context = error.context_mark
    if context is None or mark is None or context.line == mark.line:
        return ""
    return f" that starts on line {context.line + 1}"


def template_remedy(source: Decoded, index: int) -> str:
    """Word the advice: text with ``{{ }}`` or ``{% %}`` is the input of another program."""
    text = source.text
    start = text.rfind("\n", 0, index) + 1
    end = text.find("\n", index)
    line = text[start : len(text) if end == -1 else end]
    if "{{" in line or "{%" in line or "<%" in line:
        return "render the file with its template engine first, or exclude it"
    return "correct the YAML"


def reader_error(source: Decoded, error: "yaml.YAMLError") -> Diagnostic:
    """Word the error for a character that YAML does not allow."""
    text = source.text
    index = next((i for i, character in enumerate(text) if _is_control(character)), 0)
    span = source.span(index, min(index + 1, len(text)))
    reason = getattr(error, "reason", "unreadable text")
    remedy = "remove the character, or write it as an escape in double quotes"
    return Diagnostic("error", "yaml-syntax", span, f"not YAML: {reason}", remedy)


def problem_at(source: Decoded, index: int, code: str, message: str, remedy: str) -> Diagnostic:
    """Word an error at a character."""
    span = source.span(index, min(index + 1, len(source.text)))
    return Diagnostic("error", code, span, message, remedy)


def too_deep(source: Decoded, index: int, most: int) -> Diagnostic:
    """Word the error for a value that is nested deeper than is read."""
    message = f"this is nested more than {most} levels deep: its value is not known"
    remedy = "a template needs far fewer; check what wrote it"
    return problem_at(source, index, "too-deep", message, remedy)


def too_large(source: Decoded, index: int, most: int) -> Diagnostic:
    """Word the error for the value with which a file expands to more than is read."""
    message = f"with this the file expands to more than {most} values: it is not read"
    remedy = "spell out what its aliases repeat, or exclude the file"
    return problem_at(source, index, "too-large", message, remedy)


def _is_control(character: str) -> bool:
    """Say whether YAML 1.1 section 4.1.1 excludes a character from a stream."""
    code = ord(character)
    if code < 0x20:
        return character not in "\t\n\r"
    return (0x7F <= code < 0xA0 and code != 0x85) or code in (0xFFFE, 0xFFFF)
