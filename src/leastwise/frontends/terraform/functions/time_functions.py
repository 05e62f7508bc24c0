"""Functions on times, which are RFC 3339 strings.

Source: https://developer.hashicorp.com/terraform/language/functions/formatdate, timeadd, timecmp.
"""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from leastwise.frontends.terraform.functions.function_site import Function, Site, literals
from leastwise.source.value import Scalar, Value

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_UNITS = {
    "ns": 1, "us": 1_000, "\u00b5s": 1_000, "\u03bcs": 1_000, "ms": 10**6, "s": 10**9,
    "m": 60 * 10**9, "h": 3600 * 10**9,
}  # fmt: skip
_MOST = 2**63 - 1


class Moment(NamedTuple):
    """Hold a local time to the second, its nanoseconds, and minutes east of UTC (None: ``Z``)."""

    local: datetime
    nanoseconds: int
    offset: int | None

    def instant(self) -> tuple[datetime, int]:
        """Return what times are compared by."""
        return self.local - timedelta(minutes=self.offset or 0), self.nanoseconds


def parse_moment(text: str) -> Moment | None:
    """Read an RFC 3339 time."""
    if len(text) < 20 or not text.isascii():
        return None
    shape = "".join("0" if c.isdigit() else c for c in text[:19])
    if shape != "0000-00-00T00:00:00":
        return None
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
    hour, minute, second = int(text[11:13]), int(text[14:16]), int(text[17:19])
    rest = text[19:]
    digits = ""
    if rest.startswith("."):
        digits = rest[1 : 1 + next((i for i, c in enumerate(rest[1:]) if not c.isdigit()), 0)]
        if not digits:
            return None
        rest = rest[1 + len(digits) :]
    zone = _zone(rest)
    if zone is None or year < 1 or not 1 <= month <= 12 or hour > 23 or minute > 59:
        return None
    if second > 59 or not 1 <= day <= monthrange(year, month)[1]:
        return None
    local = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - its zone stands beside
    return Moment(local, int((digits + "0" * 9)[:9]), None if rest == "Z" else zone)


def _zone(text: str) -> int | None:
    if text == "Z":
        return 0
    if len(text) != 6 or text[0] not in "+-" or text[3] != ":":
        return None
    hours, minutes = text[1:3], text[4:6]
    if not (hours.isdigit() and minutes.isdigit()) or int(hours) > 23 or int(minutes) > 59:
        return None
    east = int(hours) * 60 + int(minutes)
    return east if text[0] == "+" else -east


def parse_duration(text: str) -> int | None:
    """Read a duration such as ``1h30m`` in nanoseconds."""
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if rest == "0":
        return 0
    total = Fraction(0)
    if not rest:
        return None
    while rest:
        end = next((i for i, c in enumerate(rest) if c not in "0123456789."), len(rest))
        spelled, rest = rest[:end], rest[end:]
        end = next((i for i, c in enumerate(rest) if c in "0123456789."), len(rest))
        unit, rest = _UNITS.get(rest[:end]), rest[end:]
        if unit is None or spelled.count(".") > 1 or spelled in {"", "."} or len(spelled) > 40:
            return None
        total += int(Fraction(f"0{spelled}0" if "." in spelled else spelled) * unit)
    return sign * int(total) if total <= _MOST else None


def _timeadd(arguments: tuple[Value, ...], site: Site) -> Value | None:
    found = literals(arguments)
    if found is None:
        return None
    moment, duration = parse_moment(found[0]), parse_duration(found[1])
    if moment is None or duration is None:
        site.fail()
        return None
    carried, nanoseconds = divmod(moment.nanoseconds + duration, 10**9)
    try:
        local = moment.local + timedelta(seconds=carried)
    except OverflowError:
        return None
    return site.derived(_spell(Moment(local, nanoseconds, moment.offset)))


def _spell(moment: Moment) -> str:
    """Spell as RFC 3339 to the second, as Terraform does."""
    zone = "Z" if not moment.offset else _offset(moment.offset, ":")
    return moment.local.replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + zone


def _offset(offset: int | None, separator: str) -> str:
    hours, minutes = divmod(abs(offset or 0), 60)
    return f"{'-' if (offset or 0) < 0 else '+'}{hours:02}{separator}{minutes:02}"


def _timecmp(arguments: tuple[Value, ...], site: Site) -> Value | None:
    found = literals(arguments)
    if found is None:
        return None
    one, other = parse_moment(found[0]), parse_moment(found[1])
    if one is None or other is None:
        site.fail()
        return None
    left, right = one.instant(), other.instant()
    return Scalar((left > right) - (left < right), site.expression.span)


def _formatdate(arguments: tuple[Value, ...], site: Site) -> Value | None:
    found = literals(arguments)
    if found is None:
        return None
    moment = parse_moment(found[1])
    parts = None if moment is None else _parts(found[0], moment)
    if parts is None:
        site.fail()
        return None
    return site.derived("".join(parts))


def _parts(pattern: str, moment: Moment) -> list[str] | None:
    """Fill in a format: letters are verbs, text in single quotes stands for itself."""
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        first = pattern[position]
        if first == "'":
            quoted = _unquoted(pattern, position + 1)
            if quoted is None:
                return None
            text, position = quoted
            parts.append(text)
            continue
        end = position + 1
        if first.isascii() and first.isalpha():
            while end < len(pattern) and pattern[end] == first:
                end += 1
            verb = _verb(pattern[position:end], moment)
            if verb is None:
                return None
            parts.append(verb)
        else:
            parts.append(first)
        position = end
    return parts


def _unquoted(pattern: str, start: int) -> tuple[str, int] | None:
    text = ""
    position = start
    while position < len(pattern):
        if pattern[position] != "'":
            text += pattern[position]
            position += 1
        elif pattern[position : position + 2] == "''":
            text += "'"
            position += 2
        else:
            return text, position + 1
    return None


def _verb(verb: str, moment: Moment) -> str | None:
    local = moment.local
    weekday, month = _DAYS[local.weekday()], _MONTHS[local.month - 1]
    hour = local.hour % 12 or 12
    half = "AM" if local.hour < 12 else "PM"
    utc = not moment.offset
    found = {
        "YYYY": f"{local.year:04}",
        "YY": f"{local.year % 100:02}",
        "MMMM": month,
        "MMM": month[:3],
        "MM": f"{local.month:02}",
        "M": str(local.month),
        "DD": f"{local.day:02}",
        "D": str(local.day),
        "EEEE": weekday,
        "EEE": weekday[:3],
        "hh": f"{local.hour:02}",
        "h": str(local.hour),
        "HH": f"{hour:02}",
        "H": str(hour),
        "AA": half,
        "aa": half.lower(),
        "mm": f"{local.minute:02}",
        "m": str(local.minute),
        "ss": f"{local.second:02}",
        "s": str(local.second),
        "ZZZZZ": _offset(moment.offset, ":"),
        "ZZZZ": _offset(moment.offset, ""),
        "ZZZ": "UTC" if utc else _offset(moment.offset, ""),
        "Z": "Z" if utc else _offset(moment.offset, ":"),
    }
    return found.get(verb)


TIMES: dict[str, Function] = {
    "formatdate": _formatdate,
    "timeadd": _timeadd,
    "timecmp": _timecmp,
}
