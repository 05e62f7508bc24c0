"""Explain where ``decide`` and the simulator differ, one named function per difference.

Each function rewrites what the two read differently into words that mean the same to both,
under the reading that its ``Difference`` cites. A disagreement is explained when the simulator,
asked about the rewritten case, says what ``decide`` said of the case as it was; nothing else of
the case may change. So no construct is left out of the random cases, and a wrong answer of ours
beside a known difference still shows.
"""

import base64
import copy
import re
from datetime import UTC, datetime
from typing import NamedTuple

GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
NOWHERE = "arn:aws:none:::none"
NEVER = "none:None"


class Difference(NamedTuple):
    """Hold how a case is rewritten in place (True: it was), the reading and its page."""

    rewrite: object
    reading: str
    page: str

    @property
    def name(self):
        return self.rewrite.__name__.replace("_", "-")


def explained(disagreements, simulate):
    """Return for each (case, our verdict) the names of what explains it, None if nothing does.

    ``simulate`` judges a list of cases. Single differences are tried first, then all that touch
    the case together, and of those as few as suffice.
    """

    def suffice(tries):
        verdicts = simulate([_rewritten(disagreements[i][0], names) for i, names in tries])
        return [v == disagreements[i][1] for (i, _), v in zip(tries, verdicts, strict=True)]

    touching = [_touching(one) for one, _ in disagreements]
    alone = [(i, (name,)) for i, names in enumerate(touching) for name in names]
    found = {}
    for (index, names), yes in zip(alone, suffice(alone), strict=True):
        if yes:
            found.setdefault(index, names)
    together = [(i, names) for i, names in enumerate(touching) if i not in found]
    several = dict(t for t, yes in zip(together, suffice(together), strict=True) if yes)
    for place in range(max(map(len, several.values()), default=0)):
        fewer = [
            (index, tuple(n for n in names if n != touching[index][place]))
            for index, names in several.items()
            if place < len(touching[index])
        ]
        several |= dict(t for t, yes in zip(fewer, suffice(fewer), strict=True) if yes)
    found |= several
    return [found.get(index) for index in range(len(disagreements))]


def _touching(one):
    """Name the differences that a case meets, each by itself or after those before it."""
    together = copy.deepcopy(one)
    return tuple(d.name for d in DIFFERENCES if d.rewrite(together) | d.rewrite(copy.deepcopy(one)))


def _rewritten(one, names):
    changed = copy.deepcopy(one)
    for difference in DIFFERENCES:
        if difference.name in names:
            difference.rewrite(changed)
    return changed


# Walking through a case


def _layers(one):
    for layer in ("identityPolicies", "boundaries", "endpointPolicies"):
        for policy in one.get(layer, ()):
            yield layer, policy
    for layer in ("sessionPolicy", "resourcePolicy"):
        if one.get(layer):
            yield layer, one[layer]
    for layer in ("scps", "rcps"):
        for level in one.get(layer, ()):
            for policy in level["policies"]:
                yield layer, policy


def _statements(one):
    for layer, policy in _layers(one):
        found = policy["Statement"]
        policy["Statement"] = found if isinstance(found, list) else [found]
        for statement in policy["Statement"]:
            yield layer, statement


def _listed(value):
    return list(value) if isinstance(value, list) else [value]


def _context(one):
    return {key.lower(): value for key, value in one["request"]["context"].items()}


def _parsed(operator):
    """Split an operator into quantifier, name and IfExists, all lower case."""
    quantifier, _, name = operator.lower().rpartition(":")
    return quantifier, name.removesuffix("ifexists"), name.endswith("ifexists")


def _conditions(one, families=()):
    """Yield statement, operator, key and values; ``families`` are starts of operator names."""
    for _, statement in _statements(one):
        for operator, block in list(statement.get("Condition", {}).items()):
            name = _parsed(operator)[1].replace("not", "", 1)
            if not families or name.startswith(families):
                for key in list(block):
                    yield statement, operator, key, _listed(block[key])


def _replace(statement, operator, key, conditions):
    """Put other conditions, as (operator, key, values), in the place of one."""
    block = statement["Condition"][operator]
    del block[key]
    if not block:
        del statement["Condition"][operator]
    for new_operator, new_key, values in conditions:
        # The same operator and key once more: another spelling of it is another entry.
        taken = new_key in statement["Condition"].get(new_operator, {})
        spelled = new_operator.swapcase() if taken else new_operator
        statement["Condition"].setdefault(spelled, {})[new_key] = values


def _drop_or_keep(statement, operator, key, values, context):
    """Set the values of a condition; without any left it says what the empty one would."""
    if values:
        _replace(statement, operator, key, [(operator, key, values)])
        return
    quantifier, name, if_exists = _parsed(operator)
    present = bool(context.get(key.lower()))
    missing = if_exists or quantifier == "forallvalues" or ("not" in name and not quantifier)
    holds = "not" in name if present else missing
    exists = "false" if present else "true"
    _replace(statement, operator, key, [] if holds else [("Null", key, _other(exists))])


def _other(word):
    return {"true": "false", "false": "true"}[word]


def _undecided(statement, operator, key, context):
    """Make a condition that is not decided count against the request."""
    exists = "false" if context.get(key.lower()) else "true"
    deny = statement["Effect"] == "Deny"
    _replace(statement, operator, key, [] if deny else [("Null", key, _other(exists))])


# Reading patterns, apart from the program


_SPECIAL = re.compile(r"\$\{([^}]*)\}|[*?]|.", re.DOTALL)


def _regex(text, context, *, inside="."):
    """Return the regular expression of a pattern with variables; None: one has no value."""
    parts = []
    for match in _SPECIAL.finditer(text):
        if match[0] in "*?":
            parts.append(inside + ("*" if match[0] == "*" else ""))
        elif match[1] is None:
            parts.append(re.escape(match[0]))
        else:
            value = _value_of(match[1], context)
            if value is None:
                return None
            parts.append(re.escape(value))
    return "".join(parts)


def _value_of(inner, context):
    if inner in ("*", "?", "$"):
        return inner
    name, comma, default = inner.partition(",")
    value = context.get(name.strip().lower())
    if isinstance(value, str):
        return value
    default = default.strip()
    if comma and not value and len(default) > 1 and default[0] == default[-1] == "'":
        return default[1:-1]
    return None


def _resource_reading(pattern, resource, context):
    """Say whether a Resource entry matches; None: not decided."""
    if set(pattern) == {"*"}:
        return True
    if resource == "*":
        return False
    parts, own = pattern.split(":", 5), resource.split(":", 5)
    parts, own = [p.lower() if i == 2 else p for i, p in enumerate(parts)], _canonical(own)
    rows = [*parts, *["*"] * (6 - len(parts))]
    last = _regex(rows[5], context)
    if last is None:
        return False
    heads = [_regex(row, context, inside="[^:]") for row in rows[:5]]
    if re.fullmatch(":".join([*heads, last]), ":".join(own), re.DOTALL):
        return True
    if len(parts) < 6:
        wide = _regex(":".join(parts), context) + ".*"
        crosses = any(part.endswith("*") for part in parts)
    else:
        wide = ":".join([_crossing(h) for h in heads] + [last])
        crosses = True
    return None if crosses and re.fullmatch(wide, ":".join(own), re.DOTALL) else False


def _canonical(parts):
    return [p.lower() if i == 2 else p for i, p in enumerate(parts)]


def _crossing(head):
    return head.removesuffix("[^:]*") + ".*" if head.endswith("[^:]*") else head


def _resources(one, concerned):
    """Replace entries that ``concerned`` picks by the resource itself or by one that is not it."""
    resource, context, changed = one["request"]["resource"]["resource"], _context(one), False
    for layer, statement in _statements(one):
        for element in ("Resource", "NotResource"):
            entries = _listed(statement.get(element, []))
            for index, entry in enumerate(entries):
                if concerned((layer, element), entry):
                    applies = _resource_reading(entry, resource, context)
                    if applies is None:
                        applies = (statement["Effect"] == "Deny") == (element == "Resource")
                    entries[index] = resource if applies else NOWHERE
                    statement[element] = entries
                    changed = True
    return changed


# The differences


def wildcard_in_resource_type(one):
    return _resources(one, lambda _, entry: _type_has_wildcard(entry))


def _type_has_wildcard(entry):
    parts = entry.split(":", 5)
    if len(parts) < 6:
        return False
    ends = [i for i in (parts[5].find("/"), parts[5].find(":")) if i >= 0]
    return bool(ends) and bool(set("*?$") & set(parts[5][: min(ends)]))


def star_past_a_colon(one):
    return _resources(one, lambda _, e: any(p.endswith("*") for p in e.split(":", 5)[:5]))


def arn_of_fewer_parts(one):
    settled = {(layer, "Resource") for layer in ("identityPolicies", "boundaries", "sessionPolicy")}
    return _resources(
        one, lambda place, e: place not in settled and e.count(":") < 5 and set(e) != {"*"}
    )


def variable_in_not_resource(one):
    context, changed = _context(one), False
    for _, statement in _statements(one):
        entries = _listed(statement.get("NotResource", []))
        kept = [e for e in entries if _regex(e, context) is not None]
        if len(kept) < len(entries):
            changed = True
            allow = statement["Effect"] == "Allow"
            statement["NotResource"] = "*" if allow else (kept or NOWHERE)
    return changed


def version_without_variables(one):
    changed = False
    for _, policy in _layers(one):
        if policy.get("Version") != "2012-10-17" and "${" in str(policy["Statement"]):
            policy["Statement"] = _spell_out(policy["Statement"])
            changed = True
    return changed


def _spell_out(data):
    if isinstance(data, dict):
        return {key: _spell_out(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_spell_out(item) for item in data]
    return data.replace("${", "${$}{") if isinstance(data, str) else data


def wildcard_in_service_prefix(one):
    asked, changed = one["request"]["action"], False
    for _, statement in _statements(one):
        for element in ("Action", "NotAction"):
            entries = _listed(statement.get(element, []))
            for index, entry in enumerate(entries):
                if set("*?") & set(entry.partition(":")[0]) and entry != "*":
                    fits = re.fullmatch(_regex(entry.lower(), {}), asked.lower())
                    entries[index] = asked if fits else NEVER
                    statement[element] = entries
                    changed = True
    return changed


def list_of_no_values(one):
    given = one["request"]["context"]
    empty = {key.lower() for key, value in given.items() if value == []}
    one["request"]["context"] = {k: v for k, v in given.items() if v != []}
    context = _context(one)
    for statement, operator, key, values in _conditions(one):
        quantifier, name, if_exists = _parsed(operator)
        if key.lower() in empty and quantifier != "forallvalues":
            holds = if_exists or ("not" in name and not quantifier)
            if holds or (name == "null" and "true" in [v.lower() for v in values]):
                _undecided(statement, operator, key, context)
    return bool(empty)


def empty_string_for_all_values(one):
    context, changed = _context(one), False
    for statement, operator, key, _ in _conditions(one):
        if context.get(key.lower()) in ("", [""]) and _parsed(operator)[0] == "forallvalues":
            _undecided(statement, operator, key, context)
            changed = True
    return changed


def list_of_one_value(one):
    context = one["request"]["context"]
    single = [k for k, value in context.items() if isinstance(value, list) and len(value) == 1]
    for key in single:
        context[key] = context[key][0]
    return bool(single)


def list_without_set_operator(one):
    context, changed = _context(one), False
    for statement, operator, key, values in _conditions(one):
        quantifier, name, _ = _parsed(operator)
        given = context.get(key.lower())
        if isinstance(given, list) and len(given) > 1 and not quantifier and name != "null":
            # Not decided unless all values agree; what is not decided counts against.
            quantifier = "ForAllValues" if statement["Effect"] == "Allow" else "ForAnyValue"
            _replace(statement, operator, key, [(f"{quantifier}:{operator}", key, values)])
            changed = True
    return changed


def value_that_is_empty(one):
    """Spell out variables whose value, or default, is the empty string."""
    context, changed = _context(one), False

    def spell(match):
        nonlocal changed
        empty = match[1] is not None and _value_of(match[1], context) == ""
        changed = changed or empty
        return "" if empty else match[0]

    for _, statement in _statements(one):
        for element in ("Resource", "NotResource"):
            if element in statement:
                entries = _listed(statement[element])
                statement[element] = [_SPECIAL.sub(spell, entry) for entry in entries]
    for statement, operator, key, values in _conditions(one, ("string", "arn")):
        found = [_SPECIAL.sub(spell, value) for value in values]
        if found != values:
            statement["Condition"][operator][key] = found
    return changed


def default_beside_several_values(one):
    """Spell a variable with a default whose key has a list of values as one without value."""
    several = [k for k, v in _context(one).items() if isinstance(v, list) and len(v) > 1]
    text = str(one)
    if not any(f"${{{key}," in text.lower() for key in several):
        return False

    def spell(data):
        if isinstance(data, dict):
            return {k: spell(v) for k, v in data.items()}
        if isinstance(data, list):
            return [spell(item) for item in data]
        if not isinstance(data, str):
            return data
        return _SPECIAL.sub(
            lambda m: (
                "${aws:PrincipalTag/none}"
                if m[1] and m[1].partition(",")[0].strip().lower() in several
                else m[0]
            ),
            data,
        )

    for _, policy in _layers(one):
        policy["Statement"] = spell(policy["Statement"])
    return True


def value_that_cannot_match(one):
    """Drop what no request value can be: unresolved variables, ARNs of fewer than six parts."""
    context, changed = _context(one), False
    for statement, operator, key, values in _conditions(one, ("string", "arn")):
        given = _listed(context.get(key.lower(), []))
        allow, negated = statement["Effect"] == "Allow", "not" in _parsed(operator)[1]
        arns = _parsed(operator)[1].startswith("arn")
        kept = []
        no_arn = arns and given and not any(v.count(":") >= 5 for v in given)
        for value in () if no_arn else values:
            pattern = _regex(value, context)
            if pattern is None:
                continue
            if not arns or value.count(":") >= 5:
                kept.append(value)
            elif allow == negated:
                # Not decided where it would match as a whole; that counts against.
                kept += [v for v in given if v.count(":") >= 5 and re.fullmatch(pattern, v)]
        if kept != values or not kept:
            _drop_or_keep(statement, operator, key, kept, context)
            changed = True
    return changed


def escape_in_exact_operator(one):
    """Write exact operators whose values have escapes as Like, which escapes all the same."""
    context, changed = _context(one), False
    for statement, operator, key, values in _conditions(one, ("stringequals",)):
        if not any("${" in value for value in values):
            continue
        quantifier, name, if_exists = _parsed(operator)
        given = context.get(key.lower())
        if name.endswith("ignorecase") and "${$}{" in str(values) and isinstance(given, str):
            written = [re.sub(r"\$\{([*?$])\}", r"\1", value).casefold() for value in values]
            holds = (given.casefold() in written) != ("not" in name)
            _replace(statement, operator, key, [] if holds else [("Null", key, "true")])
        elif name.endswith("ignorecase"):
            found = [re.sub(r"\$\{([*?$])\}(?!\{)", r"\1", value) for value in values]
            statement["Condition"][operator][key] = found
        else:
            like = f"{quantifier}:" if quantifier else ""
            like += "StringNotLike" if "not" in name else "StringLike"
            like += "IfExists" if if_exists else ""
            found = [
                _SPECIAL.sub(lambda m: f"${{{m[0]}}}" if m[0] in "*?" else m[0], v) for v in values
            ]
            _replace(statement, operator, key, [(like, key, found)])
        changed = True
    return changed


def if_exists_with_for_any_value(one):
    context, changed = _context(one), False
    for statement, operator, key, values in _conditions(one):
        quantifier, _, if_exists = _parsed(operator)
        if quantifier == "foranyvalue" and if_exists:
            if context.get(key.lower()):
                _replace(statement, operator, key, [(operator[: -len("IfExists")], key, values)])
            else:
                _undecided(statement, operator, key, context)
            changed = True
    return changed


def binary_is_decoded(one):
    context, changed = _context(one), False
    for statement, operator, key, values in _conditions(one, ("binary",)):
        given = _listed(context.get(key.lower(), []))
        found = [
            v
            for v in given
            if any(_bytes(v) is not None and _bytes(v) == _bytes(p) for p in values)
        ]
        if set(found) != set(given) & set(values):
            _drop_or_keep(statement, operator, key, found or ["*"], context)
            changed = True
    return changed


def _bytes(text):
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return None


def seconds_in_a_date(one):
    """Write the policy's date as the request's is written: digits, or ISO 8601."""
    context, changed = _context(one), False
    for statement, operator, key, values in _conditions(one, ("date",)):
        given = _listed(context.get(key.lower(), []))
        if given and not _is_date(given[0]):
            # The simulator's language reads dates in the wildest strings.
            _replace(statement, operator, key, [("Null", key, _other("false"))])
            changed = True
            continue
        found = [_date(value, given[0] if given else "") for value in values]
        if found != values:
            statement["Condition"][operator][key] = found
            changed = True
    return changed


def _date(text, given):
    if not given.isdigit():
        moment = datetime.fromtimestamp(_seconds(text), UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if text.isdigit() else text
    # Digits are seconds, four of them a year, to us and milliseconds to the simulator: what
    # counts is their order.
    asked, written = _seconds(given), _seconds(text)
    return str(int(given) + (written > asked) - (written < asked))


def _is_date(text):
    try:
        return len(text) >= 4 and _seconds(text) is not None
    except ValueError:
        return False


def _seconds(text):
    if text.isdigit() and len(text) != 4:
        return int(text)
    moment = datetime.fromisoformat(f"{text}-01-01" if text.isdigit() else text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def number_with_other_characters(one):
    context, changed = _context(one), False
    for statement, operator, key, _ in _conditions(one, ("numeric",)):
        given = _listed(context.get(key.lower(), []))
        if given and not any(re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", v) for v in given):
            _replace(statement, operator, key, [("Null", key, "true")])
            changed = True
    return changed


def address_of_the_other_family(one):
    """Drop blocks that cannot hold the address, and split the block of all addresses."""
    context, changed = _context(one), False
    for statement, operator, key, values in _conditions(one, ("ip",)):
        given = _listed(context.get(key.lower(), []))
        if not given or ("." not in given[0] and ":" not in given[0]):
            continue
        found = []
        for value in values:
            if value == "0.0.0.0/0":
                found += ["0.0.0.0/1", "128.0.0.0/1"]
            else:
                found.append(value if "/" in value or ":" in value else f"{value}/32")
        found = [v for v in found if (":" in v) == (":" in given[0])]
        if found != values:
            _drop_or_keep(statement, operator, key, found, context)
            changed = True
    return changed


def variable_in_bool(one):
    context, changed = _context(one), False
    for statement, operator, key, values in _conditions(one, ("bool",)):
        if any("${" in v for v in values):
            kept = [v for v in values if "${" not in v]
            if statement["Effect"] == "Deny":
                kept += ["true", "false"]
            _drop_or_keep(statement, operator, key, kept or ["neither"], context)
            changed = True
    return changed


def _own_account(one):
    parts = one["request"]["principal"].split(":")
    return parts[4] if len(parts) > 4 else ""


def _is_direct(one, entry):
    caller = one["request"]["principal"]
    return entry == "*" or (entry == caller and ":role/" not in caller)


def session_policy_beside_direct_grant(one):
    """Let the session policy allow everything, where the resource's policy needs no other."""
    request = one["request"]
    if "sessionPolicy" not in one or _own_account(one) != request["resource"]["accountId"]:
        return False
    if not _direct_allow(one):
        return False
    statements = one["sessionPolicy"]["Statement"]
    denies = [s for s in _listed(statements) if s["Effect"] == "Deny"]
    one["sessionPolicy"]["Statement"] = [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        *denies,
    ]
    return True


def _direct_allow(one):
    statements = _listed(one.get("resourcePolicy", {}).get("Statement", []))
    allows = [s for s in statements if s["Effect"] == "Allow"]
    if any("NotPrincipal" in s for s in allows):
        return True
    named = [s.get("Principal", {}) for s in allows]
    entries = [
        entry
        for principal in named
        for entry in (
            [principal] if isinstance(principal, str) else _listed(principal.get("AWS", []))
        )
    ]
    return any(_is_direct(one, entry) for entry in entries)


def boundary_beside_not_principal(one):
    """Let a role's boundary allow everything, where NotPrincipal with Allow includes the role."""
    if ":role/" not in one["request"]["principal"] or "boundaries" not in one:
        return False
    statements = _listed(one.get("resourcePolicy", {}).get("Statement", []))
    if not any(s["Effect"] == "Allow" and "NotPrincipal" in s for s in statements):
        return False
    for policy in one["boundaries"]:
        denies = [s for s in _listed(policy["Statement"]) if s["Effect"] == "Deny"]
        policy["Statement"] = [{"Effect": "Allow", "Action": "*", "Resource": "*"}, *denies]
    return True


def federated_caller(one):
    """Write the identity provider as a service, which needs no policy of its own either."""
    caller = one["request"]["principal"]
    if "-provider/" not in caller and caller != "accounts.google.com":
        return False
    service = "federated.amazonaws.com"
    one["request"]["principal"] = service
    for layer, statement in _statements(one):
        for element in ("Principal", "NotPrincipal"):
            entries = statement.get(element)
            if layer == "resourcePolicy" and isinstance(entries, dict):
                named = _listed(entries.pop("Federated", []))
                found = [service if e == caller else "other.amazonaws.com" for e in named]
                services = _listed(entries.get("Service", [])) + found
                if services:
                    entries["Service"] = services
                # Of AWS principals a lone * is the only one that covers a provider.
                aws = [e for e in _listed(entries.pop("AWS", [])) if e == "*"]
                if aws:
                    entries["AWS"] = aws
    return True


def root_user(one):
    """Give a root user what no policy of its account can: everything."""
    if not one["request"]["principal"].endswith(":root"):
        return False
    full = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    one["identityPolicies"] = [{"Version": "2012-10-17", "Statement": [full]}]
    one.pop("boundaries", None)
    return True


def federated_session_without_policy(one):
    """Leave a federated user session only what a resource policy gives it directly."""
    if ":federated-user/" not in one["request"]["principal"] or "sessionPolicy" in one:
        return False
    for policy in one.get("identityPolicies", []):
        statements = _listed(policy["Statement"])
        policy["Statement"] = [s for s in statements if s["Effect"] == "Deny"]
    return True


def user_behind_a_federated_session(one):
    caller = one["request"]["principal"]
    user = f"arn:aws:iam::{_own_account(one)}:user/"
    return ":federated-user/" in caller and _entries_not_decided(
        one, lambda kind, entry: kind == "AWS" and entry.startswith(user)
    )


def canonical_user_of_an_account(one):
    caller = one["request"]["principal"]
    return (
        _own_account(one) != ""
        and "-provider/" not in caller
        and _entries_not_decided(one, lambda kind, _: kind == "CanonicalUser")
    )


def _entries_not_decided(one, concerned):
    """Let principals of which it is not decided whether they cover the caller count against."""
    changed = False
    for layer, statement in _statements(one):
        for element in ("Principal", "NotPrincipal"):
            entries = statement.get(element) if layer == "resourcePolicy" else None
            if not isinstance(entries, dict):
                continue
            found = {
                kind: [e for e in _listed(names) if not concerned(kind, e)]
                for kind, names in entries.items()
            }
            if found != {kind: _listed(names) for kind, names in entries.items()}:
                changed = True
                if (statement["Effect"] == "Deny") == (element == "Principal"):
                    found["AWS"] = [*found.get("AWS", []), one["request"]["principal"]]
                statement[element] = {kind: names for kind, names in found.items() if names} or {
                    "AWS": NOWHERE
                }
    return changed


def role_without_trust_policy(one):
    action = one["request"]["action"].lower()
    if not action.startswith("sts:") or "resourcePolicy" in one:
        return False
    nobody = {"Effect": "Deny", "Principal": {"Service": "none.amazonaws.com"}, "Action": NEVER}
    one["resourcePolicy"] = {"Version": "2012-10-17", "Statement": [nobody]}
    return True


def scp_on_a_service(one):
    caller = one["request"]["principal"]
    if caller.startswith("arn:") and "-provider/" not in caller:
        return False
    return bool(one.pop("scps", None))


def case_of_a_role_name(one):
    caller, changed = one["request"]["principal"], False
    for _, statement in _statements(one):
        for element in ("Principal", "NotPrincipal"):
            entries = statement.get(element)
            if isinstance(entries, dict) and "AWS" in entries:
                named = _listed(entries["AWS"])
                found = [e if _is_plain(e, caller) else NOWHERE for e in named]
                if found != named:
                    entries["AWS"] = found
                    changed = True
    return changed


def _is_plain(entry, caller):
    name = entry.rpartition("/")[2]
    return ":role/" not in entry or name.lower() not in caller.lower() or name in caller


def partly_listed_in_not_principal(one):
    """Let a Deny apply to whom NotPrincipal lists without the account, or the role."""
    caller, changed = one["request"]["principal"], False
    account = _own_account(one)
    for layer, statement in _statements(one):
        if layer != "resourcePolicy" or statement["Effect"] != "Deny":
            continue
        listed = statement.get("NotPrincipal", {})
        named = [caller] if isinstance(listed, str) else _listed(listed.get("AWS", []))
        if not account or "*" in named or not listed:
            continue
        whole = {account, f"arn:aws:iam::{account}:root"}
        itself = {caller, *_role_names(caller, named)}
        spared = {caller} if ":assumed-role/" not in caller else itself - {caller}
        touched = [e for e in named if e in whole | itself]
        if touched and not (whole & set(named) and spared & set(named)):
            del statement["NotPrincipal"]
            statement["Principal"] = "*"
            changed = True
    return changed


def _role_names(caller, named):
    if ":assumed-role/" not in caller:
        return set()
    parts = caller.split(":")
    role = parts[5].split("/")[1]
    return {
        e
        for e in named
        if e.startswith(f"arn:aws:iam::{parts[4]}:role/") and e.rpartition("/")[2] == role
    }


DIFFERENCES = (
    Difference(
        version_without_variables,
        "Variables live in version 2012-10-17 only; in others they are text.",
        GUIDE + "reference_policies_elements_version.html",
    ),
    Difference(
        list_of_no_values,
        "Whether a key whose values are none counts as missing is not decided, but for ForAllValues.",
        GUIDE + "reference_policies_condition-single-vs-multi-valued-context-keys.html",
    ),
    Difference(
        empty_string_for_all_values,
        "ForAllValues holds for a null data set; whether an empty string is one is not decided.",
        GUIDE + "reference_policies_condition-single-vs-multi-valued-context-keys.html",
    ),
    Difference(
        list_of_one_value,
        "What is single-valued is told by the number of values in the request.",
        GUIDE + "reference_policies_condition-single-vs-multi-valued-context-keys.html",
    ),
    Difference(
        list_without_set_operator,
        "Several values need a set operator; without one the answer is not decided.",
        GUIDE + "reference_policies_condition-single-vs-multi-valued-context-keys.html",
    ),
    Difference(
        default_beside_several_values,
        "A key with several values can't be a variable; a default is for a missing one.",
        GUIDE + "reference_policies_variables.html",
    ),
    Difference(
        value_that_is_empty,
        "An empty value is a value: the variable is replaced by it.",
        GUIDE + "reference_policies_variables.html",
    ),
    Difference(
        variable_in_not_resource,
        "A variable without value matches no resource; what NotResource then does is not decided.",
        GUIDE + "reference_policies_variables.html",
    ),
    Difference(
        value_that_cannot_match,
        "A negated operator holds where no value matches, be it for want of a variable's value.",
        GUIDE + "reference_policies_variables.html",
    ),
    Difference(
        escape_in_exact_operator,
        "${*}, ${?} and ${$} stand for the characters in every string that takes variables.",
        GUIDE + "reference_policies_variables.html",
    ),
    Difference(
        variable_in_bool,
        "Whether Bool takes variables is not decided: the guide contradicts itself.",
        GUIDE + "reference_policies_elements_condition_operators.html",
    ),
    Difference(
        if_exists_with_for_any_value,
        "IfExists is true where the key is missing, ForAnyValue false: of both it is not decided.",
        GUIDE + "reference_policies_elements_condition_operators.html",
    ),
    Difference(
        binary_is_decoded,
        "BinaryEquals compares bytes with a base-64 encoded value, not spellings of base 64.",
        GUIDE + "reference_policies_elements_condition_operators.html",
    ),
    Difference(
        seconds_in_a_date,
        "Dates are ISO 8601 or epoch time in seconds; nothing else is a date.",
        GUIDE + "reference_policies_elements_condition_operators.html",
    ),
    Difference(
        number_with_other_characters,
        "A value that is no integer or decimal number meets no Numeric operator.",
        GUIDE + "reference_policies_elements_condition_operators.html",
    ),
    Difference(
        address_of_the_other_family,
        "NotIpAddress is every address but those in the range; /0 holds every IPv4 address.",
        GUIDE + "reference_policies_elements_condition_operators.html",
    ),
    Difference(
        wildcard_in_service_prefix,
        "Wildcards may stand anywhere in an action.",
        GUIDE + "reference_policies_elements_action.html",
    ),
    Difference(
        wildcard_in_resource_type,
        "Wildcards may stand anywhere within a part of an ARN, the sixth included.",
        GUIDE + "reference_policies_elements_resource.html",
    ),
    Difference(
        star_past_a_colon,
        "Whether a * that ends an earlier part matches past the colon is not decided.",
        GUIDE + "reference_policies_elements_resource.html",
    ),
    Difference(
        arn_of_fewer_parts,
        "What an ARN of fewer than six parts means is not documented; missing ones match all.",
        GUIDE + "access-analyzer-reference-policy-checks.html",
    ),
    Difference(
        session_policy_beside_direct_grant,
        "A session policy does not limit what a resource policy grants to the session or to *.",
        GUIDE + "access_policies.html#policies_session",
    ),
    Difference(
        boundary_beside_not_principal,
        "NotPrincipal with Allow is everyone else: like *, it is not limited by a boundary.",
        GUIDE + "reference_policies_elements_notprincipal.html",
    ),
    Difference(
        federated_caller,
        "A call with a token of an identity provider needs the role's trust alone.",
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html",
    ),
    Difference(
        root_user,
        "The root user has complete access; policies of its account can't be attached to it.",
        GUIDE + "id_root-user.html",
    ),
    Difference(
        federated_session_without_policy,
        "A federated user session without session policies has no permissions of its own.",
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html",
    ),
    Difference(
        user_behind_a_federated_session,
        "A federated user session is named freely: which user is behind it is not decided.",
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html",
    ),
    Difference(
        canonical_user_of_an_account,
        "A canonical user id is another name of an account; of which is not decided.",
        GUIDE + "reference_policies_elements_principal.html",
    ),
    Difference(
        role_without_trust_policy,
        "A role always has a trust policy, and that must allow.",
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html",
    ),
    Difference(
        scp_on_a_service,
        "SCPs bind users and roles of member accounts, not services.",
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html",
    ),
    Difference(
        case_of_a_role_name,
        "Principals are compared as they are written.",
        GUIDE + "reference_policies_elements_principal.html",
    ),
    Difference(
        partly_listed_in_not_principal,
        "NotPrincipal with Deny must list account, role and session; else it is not decided.",
        GUIDE + "reference_policies_elements_notprincipal.html",
    ),
)
