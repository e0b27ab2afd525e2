"""All that a rule author touches.

A rule is one class in one file: the docstring is its page, the examples are its tests, and `judge`
looks at one subject and yields findings.  It asks the World with `need()`; what is not known raises
`Undecidable`, which becomes an undecided outcome and needs no handling in the rule.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import IntEnum
from importlib import import_module
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from podroom.capacity.assessment import Assessment
from podroom.model.world import Cluster, IgnoredArgument, NodeGroup, NodePool, Subnet
from podroom.positions import Span
from podroom.records import dataclass, field

_CLOSE_CODE = 0.75
"""How much two codes of five characters share, as difflib counts, if they differ by one."""

Subject: TypeAlias = Cluster | NodeGroup | NodePool | Subnet | IgnoredArgument
S = TypeVar("S", Cluster, NodeGroup, NodePool, Subnet, IgnoredArgument)
Evidence: TypeAlias = Mapping[str, "str | int | bool | list[str] | list[int] | None"]


class Severity(IntEnum):
    """How much it hurts.

    ERROR: pods will fail or never start.  WARNING: they will fail under conditions that the message
    names.  INFO: worth knowing.
    """

    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        """Return the name in lower case."""
        return self.name.lower()


class Confidence(IntEnum):
    """How sure it is, given that some things are assumed (the message says which)."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    def __str__(self) -> str:
        """Return the name in lower case."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Note:
    """A related place: the cause, or the other side of a disagreement."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Edit:
    """A fix that changes one literal: the text to write in the place of `span`, or there if the span is empty."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one place.

    `message` is one sentence: what fails.  `label` stands under the guilty text: why, with its sum.
    `effect` says how it looks from outside, `fix` what to write instead, and `evidence` holds the
    figures as data.  `subjects` are the addresses of what is affected, the first being the main one.
    `variants` are the variable files and workspaces with which it holds, none if it holds with all; the engine fills
    them in.
    """

    code: str
    name: str
    severity: Severity
    confidence: Confidence
    span: Span
    subjects: tuple[str, ...]
    message: str
    label: str
    effect: str | None = None
    fix: str | None = None
    assumption: str | None = None
    related: tuple[Note, ...] = ()
    evidence: Evidence = field(default_factory=dict, compare=False, hash=False)
    variants: tuple[str, ...] = ()
    writes: int | None = None
    """The number that the fix writes at this very place: for several subjects with one place, the least of theirs."""
    edit: Edit | None = None
    """The fix as a change of the file, where one literal is all that has to be changed."""

    @property
    def address(self) -> str:
        """Return the address of the main subject."""
        return self.subjects[0]


@dataclass(frozen=True, slots=True)
class Example:
    """A configuration that is a test: `# expect: PR101` marks each guilty line.

    `files` maps file names to their texts; a single text is `main.tf`.
    """

    title: str
    files: Mapping[str, str]

    @classmethod
    def terraform(cls, title: str, text: str) -> Example:
        """Return an example of one Terraform file."""
        return cls(title, {"main.tf": text})

    @classmethod
    def eksctl(cls, title: str, text: str) -> Example:
        """Return an example of one ClusterConfig."""
        return cls(title, {"cluster.yaml": text})


def suggest_rule(text: str, rules: Iterable[tuple[str, str]]) -> str | None:
    """Return the code or name that is closest to a misspelt one, None if none is close; `rules` are codes with names.

    Of codes, one with the same letters and digits in another order is the closest.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - only a misspelt rule needs it

    known = list(rules)
    codes = [code for code, _ in known]
    upper = text.upper()
    turned = [code for code in codes if sorted(code) == sorted(upper)]
    close = (
        turned
        or get_close_matches(upper, codes, n=1, cutoff=_CLOSE_CODE)
        or get_close_matches(text.lower(), [name for _, name in known], n=1)
    )
    return close[0] if close else None


class Rule(Generic[S]):  # no ABC, which makes each of its classes three times as slow to define
    """The base of every rule.

    The docstring's first line is the title, the rest the rationale: what happens, when it bites and
    how it looks from outside.  `sources` are the documents or upstream lines that it rests on.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    subject: ClassVar[type[Subject]]
    sources: ClassVar[tuple[str, ...]]
    bad: ClassVar[tuple[Example, ...]]
    good: ClassVar[tuple[Example, ...]]

    @staticmethod
    def concerns(_subject: S, _assessment: Assessment, /) -> bool:
        """Return whether there is anything to judge of a subject; only then `judge` is called.

        Raises `Undecidable` as `judge` does.  A rule that leaves this alone judges every subject.
        """
        return True

    @abstractmethod
    def judge(self, subject: S, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding for each fault of `subject`, one of those that the rule concerns.

        Raises `Undecidable` when something that the judgement needs is not known.
        """
        raise NotImplementedError(f"{type(self).__name__} has no judge()")

    def finding(
        self,
        span: Span,
        subject: Subject,
        message: str,
        *,
        label: str,
        effect: str | None = None,
        fix: str | None = None,
        assumption: str | None = None,
        related: tuple[Note, ...] = (),
        evidence: Evidence | None = None,
        severity: Severity | None = None,
        confidence: Confidence = Confidence.HIGH,
        writes: int | None = None,
        edit: Edit | None = None,
    ) -> Finding:
        """Return a finding of this rule; `writes` is the number that the fix writes in the place of another.

        `edit` is the whole fix, for the subject alone: whether others hang on the same literal is found out later.
        """
        return Finding(
            code=self.code,
            name=self.name,
            severity=self.severity if severity is None else severity,
            confidence=confidence,
            span=span,
            subjects=(subject.address,),
            message=message,
            label=label,
            effect=effect,
            fix=fix,
            assumption=assumption,
            related=related,
            evidence=evidence or {},
            writes=writes,
            edit=edit,
        )

    @classmethod
    def title(cls) -> str:
        """Return the first line of the docstring."""
        return (cls.__doc__ or "").strip().partition("\n")[0]

    @classmethod
    def rationale(cls) -> str:
        """Return the docstring after its first line, without the indentation of the code."""
        from inspect import cleandoc  # noqa: PLC0415 - only pages of rules need it

        # From Python 3.13 on the compiler has taken the indentation away already.
        return cleandoc(cls.__doc__ or "").partition("\n")[2].strip()


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A rule as an index tells of it: all that is needed before there is something to judge.

    `concerns` is the rule's own function, `defined_in` the module and `called` the name of its class there.
    """

    code: str
    name: str
    subject: type[Subject]
    concerns: Callable[[Any, Assessment], bool]
    defined_in: str
    called: str
    loaded: type[Rule[Any]] | None = None

    @classmethod
    def of(cls, rule: type[Rule[Any]]) -> RuleEntry:
        """Return the entry of a rule that is there already."""
        return cls(rule.code, rule.name, rule.subject, rule.concerns, rule.__module__, rule.__qualname__, rule)

    def load(self) -> type[Rule[Any]]:
        """Return the rule, for which its module is imported."""
        found: type[Rule[Any]] = self.loaded or getattr(import_module(self.defined_in), self.called)
        return found
