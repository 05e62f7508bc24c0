"""The page of a rule, as ``leastwise explain`` prints it and as the documentation keeps it."""

from leastwise.rules.format import Example, Rule

_LANGUAGES = {"terraform": "hcl", "cloudformation": "yaml", "json": "json"}
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
    names = ", ".join(f"`{alias}`" for alias in info.aliases)
    lines = [
        f"# {info.id}",
        "",
        f"**{info.title}**",
        "",
        f"- level: {info.level} (security severity {info.security_severity:g})",
        f"- looks at {_SUBJECTS[info.subject]}",
        f"- {info.status} since {info.since}",
        *([f"- tags: {', '.join(info.tags)}"] if info.tags else []),
        *([f"- {', '.join(info.cwe)}"] if info.cwe else []),
        *([f"- also known as: {names}"] if names else []),
        "",
        "## Why it matters",
        "",
        info.rationale,
        "",
        "## What to do",
        "",
        info.remediation,
        "",
        *_shown("Found", rule.bad),
        *_shown("Not found", rule.good),
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


def _shown(heading: str, example: Example | None) -> list[str]:
    if example is None:
        return []
    fence = f"```{_LANGUAGES[example.form]}"
    text = example.text.rstrip("\n")
    return [f"## {heading}: {example.name}", "", fence, text, "```", ""]


def _levels(rule: Rule) -> list[str]:
    """Say at which level the rule speaks of what."""
    if not rule.grades:
        lines = [f"- {rule.info.level} at most: {_plain(rule.message)}"]
    else:
        lines = [f"- {grade.level}: {_plain(grade.message)}" for grade in rule.grades]
    return [
        *lines,
        "- at most warning where an unknown value decides, or where nothing holds the policy",
    ]


def _plain(message: str) -> str:
    """Spell a message's places in words."""
    return message.replace("{", "*").replace("}", "*")
