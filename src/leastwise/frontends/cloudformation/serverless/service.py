"""Hold the parts of a service that the framework compiles, with their variables resolved."""

from collections.abc import Iterator
from typing import NamedTuple

from leastwise.frontends.cloudformation.scope.state import as_text
from leastwise.frontends.cloudformation.serverless.build import text
from leastwise.frontends.cloudformation.serverless.events import Function
from leastwise.frontends.cloudformation.serverless.variables import Resolver
from leastwise.source.span import Span
from leastwise.source.text import concat
from leastwise.source.value import Mapping, Sequence, Text, Value

PER_FUNCTION = "serverless-iam-roles-per-function"
_AWS = "aws"


class Service(NamedTuple):
    """Hold a service; ``name`` and ``stage`` may have parts that are not known."""

    path: str
    name: Text
    stage: Text
    provider: Mapping
    functions: tuple[Function, ...]
    custom: Mapping
    plugins: tuple[str, ...]
    resources: Value | None
    region: Text

    @property
    def prefix(self) -> Text:
        """Return how the names of its functions begin by default."""
        return concat([self.name, text("-", None), self.stage])

    @property
    def role(self) -> Mapping:
        """Return ``provider.iam.role``, empty where it is no mapping."""
        return member(member(self.provider, "iam"), "role")


def service_of(config: Mapping, resolver: Resolver) -> Service | None:
    """Return the service that a configuration declares; None for another program's file.

    A service of another cloud has no IAM and is none either.
    """
    provider = resolver.get("provider")
    if isinstance(provider, Text):
        provider = Mapping(((text("name", provider.span), provider),), provider.span)
    if not isinstance(provider, Mapping):
        return None
    cloud = provider.get("name")
    if isinstance(cloud, Text) and cloud.literal not in (_AWS, None):
        return None
    named = config.get("service")
    written = resolver.get("service", "name") if isinstance(named, Mapping) else None
    written = written or resolver.get("service")
    name = (as_text(written) if written is not None else None) or text("", None)
    stage = resolver.stage()
    return Service(
        path=resolver.path,
        name=name,
        stage=stage,
        provider=provider,
        functions=tuple(_functions(resolver.get("functions"), name, stage)),
        custom=_mapping(resolver.get("custom", PER_FUNCTION)),
        plugins=tuple(_plugins(resolver.get("plugins"))),
        resources=resolver.get("resources"),
        region=resolver.region(),
    )


def member(value: Mapping, name: str) -> Mapping:
    """Return a mapping in a mapping, empty when it is missing or of another shape."""
    return _mapping(value.get(name))


def key_span(value: Mapping, name: str) -> Span | None:
    """Return where a key is written."""
    return next((key.span for key, _ in value.entries if key.literal == name), None)


def _mapping(value: Value | None) -> Mapping:
    return value if isinstance(value, Mapping) else Mapping(())


def _functions(value: Value | None, service: Text, stage: Text) -> Iterator[Function]:
    """Yield the functions of a mapping, or of a list of mappings."""
    for part in value.items if isinstance(value, Sequence) else (value,):
        for key, body in part.entries if isinstance(part, Mapping) else ():
            if isinstance(body, Mapping):
                dash = text("-", key.span)
                yield Function(
                    key,
                    body,
                    body.get("name") or concat([service, dash, stage, dash, key], key.span),
                )


def _plugins(value: Value | None) -> Iterator[str]:
    """Yield the names of plugins: a list, or the modules of the older form."""
    modules = value.get("modules") if isinstance(value, Mapping) else value
    for item in modules.items if isinstance(modules, Sequence) else ():
        if isinstance(item, Text) and item.literal is not None:
            yield item.literal
