"""Random templates, and what they come to for given parameters: written apart from the evaluator."""

import random
import re
from itertools import product

ABSENT = {"Ref": "AWS::NoValue"}
REGION = "AWS::Region"
WORDS = ("a", "b", "c")
PARAMETERS = {
    "A": {"Type": "String", "AllowedValues": list(WORDS)},
    "B": {"Type": "String"},
    "D": {"Type": "String", "Default": "a"},
}
VALUES = {
    "A": WORDS,
    "B": (*WORDS, "zz", "*", ""),
    "D": ("a",),
    REGION: ("us-east-1", "eu-west-1", "ap-south-1"),
}
MAPPINGS = {
    "Full": {"a": {"x": "a", "y": "b"}, "b": {"x": "b", "y": "c"}, "c": {"x": "c", "y": "c"}},
    "Part": {"a": {"x": "a"}, "b": {"x": "b", "y": "c"}},
    "Place": {"us-east-1": {"x": "a"}, "eu-west-1": {"x": "b"}},
}
ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
TARGETS = tuple(f"arn:aws:s3:::{word}/x" for word in (*WORDS, "zz"))
TAG = "aws:PrincipalTag/t"
TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "ec2.amazonaws.com"},
    "Action": "sts:AssumeRole",
}


class RefusedError(Exception):
    """Say that CloudFormation or IAM would not take the template for these parameters."""


class Maker:
    """Make templates of one role that are the same for the same seed."""

    def __init__(self, seed):
        self.chance = random.Random(seed)  # noqa: S311 - cases, not keys
        self.conditions = {}

    def odds(self, part):
        return self.chance.random() < part

    def template(self):
        for number in range(self.chance.choice((1, 2, 3, 4))):
            self.conditions[f"C{number}"] = self.condition(number)
        role = {
            "RoleName": "r",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [TRUST]},
        }
        found = {"R": {"Type": "AWS::IAM::Role", "Properties": role}}
        if self.odds(0.8):
            items = [self.either(0.4, lambda n=n: self.inline(n), ABSENT) for n in ("p", "q")]
            role["Policies"] = self.either(0.15, lambda: items, ABSENT)
        if self.odds(0.4):
            found["MP"] = self.managed(0.3)
            if self.odds(0.5):
                role["ManagedPolicyArns"] = [self.either(0.5, lambda: {"Ref": "MP"}, ABSENT)]
            else:
                roles = [self.either(0.4, lambda: {"Ref": "R"}, ABSENT)]
                found["MP"]["Properties"]["Roles"] = roles
        if self.odds(0.3):
            body = {**self.inline("apart"), "Roles": [{"Ref": "R"}]}
            found["IP"] = {"Type": "AWS::IAM::Policy", "Properties": body}
        if self.odds(0.35):
            found["BP"], found["BQ"] = self.managed(0.1), self.managed(0.1)
            chosen = self.either(0.6, lambda: {"Ref": self.chance.choice(("BP", "BQ"))}, ABSENT)
            role["PermissionsBoundary"] = chosen
        for name in ("R", "MP", "IP"):
            if name in found and self.odds(0.4):
                found[name]["Condition"] = self.named()
        return {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Parameters": PARAMETERS,
            "Mappings": MAPPINGS,
            "Conditions": self.conditions,
            "Resources": found,
        }

    def named(self):
        return self.chance.choice(list(self.conditions))

    def either(self, part, make, other=None):
        """Make one thing, or two of which a condition chooses."""
        if not self.conditions or not self.odds(part):
            return make()
        row = [make(), make() if other is None or self.odds(0.4) else other]
        self.chance.shuffle(row)
        return {"Fn::If": [self.named(), *row]}

    def condition(self, number, depth=0):
        if number and self.odds(0.2):
            return {"Condition": f"C{self.chance.randrange(number)}"}
        if depth > 1 or self.odds(0.6):
            left = self.chance.choice(("A", "B", "B", "D", REGION))
            words = VALUES[REGION] if left == REGION else (*WORDS, {"Ref": "A"}, {"Ref": "B"})
            return {"Fn::Equals": [{"Ref": left}, self.chance.choice(words)]}
        if self.odds(0.3):
            return {"Fn::Not": [self.condition(number, depth + 1)]}
        parts = [self.condition(number, depth + 1) for _ in range(self.chance.choice((2, 3)))]
        return {self.chance.choice(("Fn::And", "Fn::Or")): parts}

    def word(self, depth=0):
        if depth > 1 or self.odds(0.5):
            return self.chance.choice((*WORDS, *({"Ref": name} for name in "ABBD")))
        inner = self.word(depth + 1)
        name = self.chance.choice(("Full", "Part", "Place"))
        keys = [{"Ref": REGION}, "x"] if name == "Place" else [inner, self.chance.choice("xy")]
        default = [{"DefaultValue": "c"}] if self.odds(0.3) else []
        index = self.either(0.5, lambda: self.chance.choice("01"))
        return self.chance.choice(
            (
                {"Fn::FindInMap": [name, *keys, *default]},
                {"Fn::Join": ["", [inner]]},
                {"Fn::Select": [index, [inner, "b"]]},
                {"Fn::Select": ["1", {"Fn::Split": ["-", {"Fn::Join": ["-", ["q", inner]]}]}]},
                self.either(1, lambda: self.word(depth + 1)),
            )
        )

    def resource(self):
        return self.chance.choice(
            (
                "*",
                f"arn:aws:s3:::{self.chance.choice(WORDS)}/*",
                {"Fn::Sub": f"arn:aws:s3:::${{{self.chance.choice('ABD')}}}/x"},
                {"Fn::Join": ["", ["arn:aws:s3:::", self.word(), "/x"]]},
                {"Fn::Sub": ["arn:aws:s3:::${v}/x", {"v": self.word()}]},
            )
        )

    def strings(self, make):
        first = self.either(0.3, make)
        if self.odds(0.5):
            return first
        return [first, self.either(0.6, make, ABSENT)]

    def statement(self, deny):
        effect = "Deny" if self.odds(deny) else "Allow"
        found = {"Effect": self.either(0.06, lambda: self.chance.choice((effect, "Deny")))}
        action = "NotAction" if self.odds(0.12) else "Action"
        found[action] = self.strings(lambda: self.chance.choice((*ACTIONS, "s3:*", "s3:Get*")))
        found["NotResource" if self.odds(0.15) else "Resource"] = self.strings(self.resource)
        if self.odds(0.3):
            operator = self.chance.choice(("StringEquals", "StringNotEquals"))
            value = self.either(0.3, lambda: self.chance.choice(("v", "w", {"Ref": "B"})))
            found["Condition"] = self.either(0.5, lambda: {operator: {TAG: value}}, ABSENT)
        return found

    def document(self, deny=0.3):
        rows = [self.statement(deny)]
        rows += [self.either(0.6, lambda: self.statement(deny), ABSENT) for _ in range(2)]
        whole = {"Version": "2012-10-17", "Statement": rows}
        return self.either(0.15, lambda: whole)

    def inline(self, name):
        return {"PolicyName": name, "PolicyDocument": self.document()}

    def managed(self, deny):
        properties = {"PolicyDocument": self.document(deny)}
        return {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}


def worlds(template):
    """Yield the documents of the role and its boundary for all parameters that are taken."""
    for values in product(*VALUES.values()):
        known = dict(zip(VALUES, values, strict=True))
        try:
            found = World(template, known).documents()
        except RefusedError:
            continue
        if found is not None:
            yield known, *found


class World:
    """Work a template out where everything is known."""

    def __init__(self, template, known):
        self.template, self.known = template, known

    def holds(self, test):
        ((name, argument),) = test.items()
        if name == "Condition":
            return self.holds(self.template["Conditions"][argument])
        if name == "Fn::Equals":
            left, right = map(self.value, argument)
            return left == right
        outcomes = [self.holds(part) for part in argument]
        if name == "Fn::Not":
            return not outcomes[0]
        return all(outcomes) if name == "Fn::And" else any(outcomes)

    def exists(self, name):
        condition = self.template["Resources"][name].get("Condition")
        return condition is None or self.holds({"Condition": condition})

    def value(self, raw):
        if isinstance(raw, list):
            return [found for item in raw if (found := self.value(item)) is not None]
        if not isinstance(raw, dict):
            return raw
        if len(raw) == 1:
            ((name, argument),) = raw.items()
            if name == "Ref":
                return self.reference(argument)
            if name.startswith("Fn::"):
                return self.called(name, argument)
        found = {key: self.value(inner) for key, inner in raw.items()}
        return {key: inner for key, inner in found.items() if inner is not None}

    def reference(self, name):
        if name == "AWS::NoValue":
            return None
        if name not in self.known and not self.exists(name):
            raise RefusedError(name)
        return self.known.get(name, f"ref:{name}")

    def called(self, name, argument):
        if name == "Fn::If":
            chosen = 1 if self.holds({"Condition": argument[0]}) else 2
            return self.value(argument[chosen])
        if name == "Fn::Sub":
            text, more = (argument, {}) if isinstance(argument, str) else argument
            for key, inner in {**self.known, **self.value(more)}.items():
                text = text.replace(f"${{{key}}}", inner)
            return text
        parts = self.value(argument)
        if name == "Fn::Join":
            return parts[0].join(parts[1])
        if name == "Fn::Split":
            return parts[1].split(parts[0])
        if name == "Fn::Select":
            return parts[1][int(parts[0])]
        row = MAPPINGS[parts[0]].get(parts[1], {})
        if parts[2] in row:
            return row[parts[2]]
        if len(parts) < 4:
            raise RefusedError(parts[1])
        return parts[3]["DefaultValue"]

    def documents(self):
        """Return the documents that the role holds, and that of its boundary or None."""
        if not self.exists("R"):
            return None
        resources = self.template["Resources"]
        found = {n: self.value(d["Properties"]) for n, d in resources.items() if self.exists(n)}
        held = [policy["PolicyDocument"] for policy in found["R"].get("Policies", ())]
        held += [self.named(arn, found) for arn in found["R"].get("ManagedPolicyArns", ())]
        held += [
            found[name]["PolicyDocument"]
            for name in ("MP", "IP")
            if "ref:R" in found.get(name, {}).get("Roles", ())
        ]
        boundary = found["R"].get("PermissionsBoundary")
        return held, None if boundary is None else self.named(boundary, found)

    def named(self, reference, found):
        return found[reference.removeprefix("ref:")]["PolicyDocument"]


def allowed(held, boundary, request):
    """Decide a request as IAM does, of the few elements that the templates have."""
    rows = [s for document in held for s in document["Statement"] if _meets(s, request)]
    layers = [rows]
    if boundary is not None:
        layers.append([s for s in boundary["Statement"] if _meets(s, request)])
    effects = [{s["Effect"] for s in row} for row in layers]
    return all("Allow" in row and "Deny" not in row for row in effects)


def _meets(statement, request):
    action, target, tag = request
    for name, text in (("Action", action), ("Resource", target)):
        negated = f"Not{name}" in statement
        globs = statement[f"Not{name}" if negated else name]
        globs = [globs] if isinstance(globs, str) else globs
        if any(_like(glob, text) for glob in globs) is negated:
            return False
    for operator, keys in statement.get("Condition", {}).items():
        for value in keys.values():
            if (tag == value) is (operator == "StringNotEquals"):
                return False
    return True


def _like(glob, text):
    return re.fullmatch(".*".join(map(re.escape, glob.split("*"))), text) is not None
