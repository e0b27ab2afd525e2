"""One instance of a resource or data source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podroom.evaluation.bodies import BodyReader, block_list
from podroom.evaluation.calls import render_template
from podroom.evaluation.declarations import Declaration
from podroom.evaluation.expansion import Repetition
from podroom.evaluation.expressions import evaluate
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.operations import over_choices, without_failures
from podroom.evaluation.reading import Field, unknown_of
from podroom.evaluation.regions import region_of
from podroom.evaluation.scope import Place, Scope
from podroom.evaluation.terms import (
    Encoded,
    LazyObject,
    Null,
    ObjectTerm,
    Sym,
    Term,
    TupleTerm,
    wholly_known,
)
from podroom.evaluation.types import DYNAMIC, STRING, ListType, Type
from podroom.positions import Document, Span
from podroom.records import replace
from podroom.values import Members, Unknown

if TYPE_CHECKING:
    from podroom.evaluation.known_bodies import KnownBody
    from podroom.evaluation.modules import Module
    from podroom.sources.plan_values import Drift

_CLOUDINIT = frozenset({"cloudinit_config", "template_cloudinit_config"})
_FOUND_BY_ID = frozenset({"aws_subnet", "aws_vpc"})
_REGION = frozenset({"id", "name", "region"})
_FEWEST_ZONES = 2
"""Every AWS region offers at least two availability zones to an account."""


class ResourceInstance(LazyObject):
    """A resource or data source, expanded: it has one `key` of its `count` or `for_each`, or none.

    In expressions it is an object.  What the configuration writes has its written value; everything
    else is a symbol with the Terraform address of the attribute.
    """

    __slots__ = ("_declaration", "_doubt", "_scope", "address", "body", "key", "mode", "module", "name", "type")

    def __init__(
        self, module: Module, declaration: Declaration, mode: str, repetition: Repetition, scope: Scope
    ) -> None:
        """Make one instance; `scope` knows its `each` or `count`."""
        self.module = module
        self.mode = mode
        self.type, self.name = declaration.labels
        self.key = repetition.key
        self._doubt = repetition.doubt
        self._declaration = declaration
        self._scope = scope
        prefix = "" if mode == "managed" else f"{mode}."
        local = f"{prefix}{self.type}.{self.name}{instance_suffix(repetition)}"
        self.address = f"{module.address}.{local}" if module.address else local
        self.body = BodyReader(declaration.body, scope, declaration.block, known=self._known())
        module.project.resources[self.address] = self

    def _known(self) -> KnownBody | None:
        """Return what is known of the instance beside the configuration."""
        settled = self.module.project.options.settled
        values = None if settled is None else settled.values(self.address)
        if settled is None or values is None:
            return None
        from podroom.evaluation.known_bodies import KnownBody  # noqa: PLC0415 - only with a plan

        return KnownBody(
            self.module.project,
            settled,
            self.address,
            values,
            ignored=_ignored_changes(self._declaration),
            whole=self.mode == "managed",
            past=self.mode == "managed" and not settled.plans,
        )

    @property
    def drift(self) -> Drift | None:
        """Return how the instance was found, where that is not as Terraform left it.

        What `ignore_changes` names is planned as it was found, whatever the configuration says.
        """
        settled = self.module.project.options.settled
        found = None if settled is None else settled.drift(self.address)
        if found is None or not found.planned:
            return found
        from podroom.evaluation.known_bodies import is_ignored  # noqa: PLC0415 - only with a plan

        ignored = _ignored_changes(self._declaration)
        heeded = {name: value for name, value in found.planned.items() if not is_ignored(name, ignored)}
        return replace(found, planned=heeded)

    @property
    def withheld(self) -> bool:
        """Return whether its values were not taken, as nothing says which of them are sensitive."""
        return False

    @property
    def maybe(self) -> Unknown | None:
        """Return why the instance, or the module that it is in, may not exist; None if it is sure to."""
        return self.module.maybe if self._doubt is None else unknown_of(self._doubt, self.span)

    @property
    def span(self) -> Span:
        """Return the place of the block's header."""
        return self._declaration.header.shown

    @property
    def block_span(self) -> Span:
        """Return the place of the whole block."""
        return self._declaration.block.shown

    @property
    def provisioners(self) -> Members[BodyReader]:
        """Return the commands that run when it is made or destroyed, in which `self` is the resource."""
        scope = self._scope.child({"self": self})
        body = BodyReader(self._declaration.body, scope, self._declaration.block, known=self._known())
        return body.blocks("provisioner")

    @property
    def region(self) -> Field | None:
        """Return the region that it is in: its own argument's or its provider's; None where nothing says it."""
        own = self.body.attribute("region")
        if own is not None:
            return own
        return None if "provider" in self._declaration.body.attributes else provider_region(self.module)

    def attribute(self, name: str) -> Term:
        """Return the configured value of an attribute, else a symbol with its address."""
        return self.module.named(
            ("attribute", self.address, name), lambda: self._attribute(name), f"{self.address}.{name}", self.span
        )

    def _attribute(self, name: str) -> Term:
        if self.mode == "data" and name == "rendered":
            rendered = self._rendered()
            if rendered is not None:
                return rendered
        if self.body.has_block(name):
            return block_list(f"{self.address}.{name}", self, self.body.blocks(name))
        field = self.body.attribute(name)
        if field is not None:
            return field.term
        found = self._found(name)
        if found is not None:
            return found.attribute(name)
        fact = self._fact(name) if self.mode == "data" and self.type == "aws_ec2_instance_type" else None
        region = self._region(name)
        if region is not None:
            term = without_failures(evaluate(region.expression, region.scope))
            return replace(term, nonnull=True, filled=True) if isinstance(term, Sym) else term
        return self._symbol(name) if fact is None else fact

    def _found(self, name: str) -> ResourceInstance | None:
        """Return the resource of this configuration that a data source finds by its id, if it writes an attribute."""
        if self.mode != "data" or self.type not in _FOUND_BY_ID:
            return None
        field = self.body.attribute("id")
        sought = None if field is None else without_failures(field.term)
        if not isinstance(sought, Sym) or sought.attribute != "id":
            return None
        found = self.module.project.resources.get(sought.owner)
        if found is None or found.type != self.type or found.mode != "managed":
            return None
        return found if found.body.has_block(name) or found.body.attribute(name) is not None else None

    def _region(self, name: str) -> Place | None:
        """Return the place that says what `data.aws_region` will say, None if it is something else or not known."""
        if self.mode != "data" or self.type != "aws_region" or name not in _REGION:
            return None
        own = next((own for argument in ("region", "name") if (own := self.body.attribute(argument)) is not None), None)
        if own is not None:
            return own.place
        elsewhere = self._declaration.body.attributes.keys() & {"provider", "endpoint"}
        return None if elsewhere else region_of(self.module)

    def _fact(self, name: str) -> Term | None:
        """Return what the data source will say of an instance type that the catalog knows."""
        field = self.body.attribute("instance_type")
        if field is None:
            return None
        from podroom.evaluation.instance_facts import instance_fact  # noqa: PLC0415 - few projects ask for facts

        def fact(terms: list[Term]) -> Term:
            (term,) = terms
            known = instance_fact(term, name) if isinstance(term, str) else None
            return self._symbol(name) if known is None else known

        return over_choices([field.term], fact)

    def _symbol(self, name: str) -> Sym:
        address = f"{self.address}.{name}"
        when = "is known only after apply" if self.mode == "managed" else "is looked up by Terraform when it runs"
        kind, least = _type_of_attribute(self.type, self.mode, name)
        sure = kind is STRING
        return Sym(
            kind,
            f"{address} {when}",
            (address,),
            address,
            self.address,
            name,
            nonnull=sure or least > 0,
            filled=sure,
            least=least,
        )

    def _rendered(self) -> Term | None:
        if self.type == "template_file":
            field, variables = self.body.attribute("template"), self.body.attribute("vars")
            if field is not None and isinstance(field.term, str):
                document = Document(f"{field.origin.path} (template)", field.term)
                terms = variables.term if variables is not None else ObjectTerm({})
                return render_template(document, terms, self._scope, evaluate)
        if self.type in _CLOUDINIT:
            parts = self.body.blocks("part")
            bodies = [self._part(part) for part in parts.items]
            rest = tuple(Sym(DYNAMIC, unknown.reason, unknown.refs) for unknown in parts.missing)
            return Encoded("mime", TupleTerm(bodies, rest))
        return None

    def place_of(self, name: str) -> Place | None:
        """Return the place that supplies an attribute, None for what only the provider knows."""
        if self.mode == "data" and name == "rendered" and self.type in _CLOUDINIT:
            from podroom.evaluation.rendered import rendered_parts  # noqa: PLC0415 - few projects use cloudinit_config

            return rendered_parts(self.body, self._scope, self.span)
        field = self.body.attribute(name)
        if field is not None:
            return field.place
        found = self._found(name)
        return self._region(name) if found is None else found.place_of(name)

    def _part(self, part: BodyReader) -> Term:
        fields = {name: part.attribute(name) for name in ("content", "content_type", "filename")}
        return ObjectTerm({name: field.term if field else Null(STRING) for name, field in fields.items()})

    def names(self) -> None:
        """Return None: the provider adds attributes that are not written."""
        return

    def symbol(self) -> Sym:
        """Return the resource as a whole, as something unknown."""
        reason = f"{self.address} is known as a whole only after apply"
        return Sym(DYNAMIC, reason, (self.address,), self.address, self.address, "", nonnull=True, filled=True)


def provider_region(module: Module) -> Field | None:
    """Return the region of a module's default AWS provider, None where nothing says it."""
    place = region_of(module)
    if place is None:
        return None
    try:
        term = place.scope.budget.run(lambda: without_failures(evaluate(place.expression, place.scope)))
    except EvaluationFailure:
        return None
    return Field("region", place.span, term, place)


def _ignored_changes(declaration: Declaration) -> str:
    """Return the text of `ignore_changes`: what the configuration says and what Terraform leaves as it is."""
    texts = []
    for block, document in declaration.body.blocks:
        for attribute in block.body.attributes if block.type == "lifecycle" else ():
            if attribute.name == "ignore_changes":
                expression = attribute.expression
                texts.append(document.text[expression.start : expression.end])
    return " ".join(texts)


def _type_of_attribute(kind: str, mode: str, name: str) -> tuple[Type, int]:
    """Return the type of an attribute that nobody wrote, as far as its name tells, and its least length."""
    if mode == "data" and kind == "aws_availability_zones" and name in {"names", "zone_ids"}:
        return ListType(STRING), _FEWEST_ZONES
    if mode == "data" and (name == "ids" or name.endswith("_ids")):
        return ListType(STRING), 0
    if name in {"id", "arn"} or name.endswith(("_id", "_arn")):
        return STRING, 0
    return DYNAMIC, 0


def instance_suffix(repetition: Repetition) -> str:
    """Return what Terraform adds to the address of an instance: `[0]`, `["key"]` or nothing."""
    key = repetition.key
    if isinstance(key, str):
        return '["' + key.replace("\\", "\\\\").replace('"', '\\"') + '"]'
    if key is not None:
        return f"[{key}]"
    return "[each.key]" if repetition.doubt is not None and not wholly_known(repetition.each_key) else ""
