"""The page of a rule, as ``leastwise explain`` prints it and as the documentation keeps it."""

from leastwise.rules import path_pages
from leastwise.rules.format import Example, Rule

_LANGUAGES = {"terraform": "hcl", "cloudformation": "yaml"}
_SUBJECTS = {
    "policy": "each policy document, as far as those who hold it can use it",
    "principal": "each role and user, with all its policies, its boundary and every Deny",
    "trust": "each trust policy",
    "resource_policy": "each resource policy",
    "document": "each policy document as it is written, also boundaries, SCPs and RCPs",
    "credential": "each access key, password and output that holds one",
}


def explain(rule: Rule) -> str:
    """Return the page of a rule as Markdown; it ends with a line end."""
    info = rule.info
    bad, good = path_pages.examples(rule.path) if rule.path else (rule.bad, rule.good)
    lines = [
        f"# {info.id}",
        "",
        f"**{info.title}**",
        "",
        f"- level: {info.level} (security severity {info.security_severity:g})",
        f"- looks at {_SUBJECTS[info.subject]}",
        f"- {info.status} since {info.since}{_off(rule)}",
        *([f"- tags: {', '.join(info.tags)}"] if info.tags else []),
        *([f"- {', '.join(info.cwe)}"] if info.cwe else []),
        *_known_as(rule),
        "",
        "## Why it matters",
        "",
        info.rationale,
        "",
        *(path_pages.takes(rule.path) if rule.path else []),
        "## What to do",
        "",
        info.remediation,
        "",
        *_shown("Found", bad),
        *_shown("Not found", good),
        *(path_pages.notes(rule.path) if rule.path else []),
        "## Levels",
        "",
        *_levels(rule),
        "",
        "## Silence it",
        "",
        f'`# leastwise: ignore[{info.id}] reason="..."` on the line it points at, or',
        f'`ignore = ["{info.id}"]` in `leastwise.toml`.',
        "",
        *(["## References", "", *(f"- <{r}>" for r in info.references)] if info.references else []),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _off(rule: Rule) -> str:
    """Say what turns on a rule that is off by default."""
    if rule.info.default:
        return ""
    setting = f", or with `{rule.enabled_by}` in `leastwise.toml`" if rule.enabled_by else ""
    return f"; off by default: runs where it is selected{setting}"


def _known_as(rule: Rule) -> list[str]:
    """Return one line for each tool that has names for what the rule finds."""
    names: dict[str, list[str]] = {}
    lines = []
    for alias in rule.info.aliases:
        tool, _, name = alias.rpartition(":")
        if rule.path is None or name != rule.path.id:
            names.setdefault(tool or "formerly", []).append(name)
    if rule.path is not None:
        lines.append(f"- path: `{rule.path.id}` ({rule.path.tier})")
        for source, name in path_pages.also_known(rule.path).items():
            names.setdefault(source, []).append(name)
    spelled = sorted((tool, ", ".join(f"`{n}`" for n in found)) for tool, found in names.items())
    return [*lines, *(f"- {tool}: {found}" for tool, found in spelled)]


def _shown(heading: str, example: Example | None) -> list[str]:
    if example is None:
        return []
    lines = [f"## {heading}: {example.name}", "", *_fenced(example)]
    for other in example.beside:
        lines += [f"... {other.name}", "", *_fenced(other)]
    return lines


def _fenced(example: Example) -> list[str]:
    fence = f"```{_LANGUAGES.get(example.form, example.form)}"
    return [fence, example.text.rstrip("\n"), "```", ""]


def _levels(rule: Rule) -> list[str]:
    """Say at which level the rule speaks of what."""
    if not rule.grades:
        lines = [f"- {rule.info.level} at most: {_plain(rule.message)}"]
    else:
        lines = [f"- {grade.level}: {_plain(grade.message)}" for grade in rule.grades]
    if rule.info.level != "error":
        return lines
    held = ", or where nothing holds the policy" if rule.info.subject == "policy" else ""
    return [*lines, f"- at most warning where an unknown value decides{held}{_unseen(rule)}"]


def _unseen(rule: Rule) -> str:
    """Say at which level a path is told to whom nobody sees."""
    if rule.path is None or not _leads_to_somebody(rule):
        return ""
    level = ", a note" if rule.path.tier == "extended" else ", or"
    return f"{level} where whom it leads to is not in view"


def _leads_to_somebody(rule: Rule) -> bool:
    """Say whether a rule tells a path to principals that are there already."""
    ways = rule.path.ways if rule.path else ()
    return any(leg.on in ("role", "user", "group", "resource") for way in ways for leg in way)


def _plain(message: str) -> str:
    """Spell a message's places in words."""
    return message.replace("{may}", "may").replace("{", "*").replace("}", "*")
