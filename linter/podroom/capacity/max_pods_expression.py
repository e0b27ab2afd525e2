"""What nodeadm makes of `maxPodsExpression`, the expression in CEL that replaces its own formula.

nodeadm/internal/kubelet/eni_max_pods.go of amazon-eks-ami.
"""

from __future__ import annotations

from collections.abc import Mapping

from podroom.capacity.cel.errors import CelCompileError, CelEvaluationError
from podroom.capacity.cel.evaluation import Program, converted
from podroom.records import dataclass

VARIABLES = ("default_enis", "ips_per_eni", "max_pods")
"""Interfaces of the default network card, addresses of each, and the number of the formula."""

_LARGEST_MAX_PODS = 2**31 - 1


@dataclass(frozen=True, slots=True)
class ExpressionResult:
    """The number that an expression gives, or why nodeadm silently takes the formula instead.

    Either `value` or `failure`, a clause, is None.
    """

    value: int | None
    failure: str | None = None


def evaluate_max_pods_expression(text: str, values: Mapping[str, int]) -> ExpressionResult:
    """Work an expression out for `values` of the `VARIABLES`.

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
