"""`tostring`, `toset` and the like."""

from __future__ import annotations

from podroom.evaluation.conversion import convert
from podroom.evaluation.functions.registry import Parameter, function
from podroom.evaluation.terms import Term
from podroom.evaluation.types import BOOL, DYNAMIC, NUMBER, STRING, ListType, MapType, SetType, Type

_ANYTHING = Parameter(DYNAMIC, null=True, unknown=True)


def _converter(name: str, target: Type) -> None:
    @function(name, _ANYTHING, result=target)
    def _convert(term: Term) -> Term:
        return convert(term, target)


_TARGETS: dict[str, Type] = {
    "tostring": STRING,
    "tonumber": NUMBER,
    "tobool": BOOL,
    "tolist": ListType(DYNAMIC),
    "toset": SetType(DYNAMIC),
    "tomap": MapType(DYNAMIC),
}
for _name, _target in _TARGETS.items():
    _converter(_name, _target)


@function("sensitive", _ANYTHING)
@function("nonsensitive", _ANYTHING)
@function("ephemeralasnull", _ANYTHING)
def _same(term: Term) -> Term:
    return term
