"""What nodeadm makes of `maxPodsExpression`, the expression in CEL that replaces its own formula.

nodeadm/internal/kubelet/eni_max_pods.go of amazon-eks-ami.
"""

from __future__ import annotations

from collections.abc import Mapping

from podroom.capacity.cel.errors import CelCompileError, CelEvaluationError
from podroom.capacity.cel.evaluation import Program, converted
from podroom.patterns import pattern
from podroom.records import dataclass

NEWER_VARIABLES = ("vcpus", "physical_memory_mib")
"""What nodeadm knows in images that were released after v20260724 (amazon-eks-ami, pull request 2777)."""

VARIABLES = ("default_enis", "ips_per_eni", "max_pods", *NEWER_VARIABLES)
"""Interfaces of the default network card, addresses of each, the number of the formula, and the node's size."""

_LARGEST_MAX_PODS = 2**31 - 1
_WORD = pattern(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class ExpressionResult:
    """The number that an expression gives, or why nodeadm silently takes the formula instead.

    Either `value` or `failure`, a clause, is None.
    """

    value: int | None
    failure: str | None = None


def newer_variables(text: str) -> tuple[str, ...]:
    """Return the variables in an expression that nodeadm does not know in older images."""
    words = set(_WORD.findall(text))
    return tuple(name for name in NEWER_VARIABLES if name in words)


def evaluate_max_pods_expression(text: str, values: Mapping[str, int]) -> ExpressionResult:
    """Work an expression out for `values` of the `VARIABLES`, in a new image.

    nodeadm makes an int of the result where CEL can (a double loses what is behind the point), and ignores one that
    is 0 or less or needs more than 32 bits.  Raises `CelNotUnderstoodError` if podroom cannot tell.
    """
    try:
        program = Program(text, frozenset(VARIABLES))
        result = program.run(values)
        if program.type == "bool":
            return ExpressionResult(None, f"its result is {'true' if result else 'false'} and no number")
        number = int(converted(result, "int", 0))
    except (CelCompileError, CelEvaluationError) as error:
        return ExpressionResult(None, error.message)
    if not 0 < number <= _LARGEST_MAX_PODS:
        return ExpressionResult(None, f"its result is {number}, which is no number of pods")
    return ExpressionResult(number)
