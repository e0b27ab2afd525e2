"""Function calls: the few functions that need more than the values of their arguments, and the rest."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from podroom.evaluation.conversion import convert, make_set
from podroom.evaluation.failures import BeyondReach, EvaluationFailure, EvaluationProblem
from podroom.evaluation.functions import registry
from podroom.evaluation.operations import over_choices, settle
from podroom.evaluation.scope import Scope
from podroom.evaluation.terms import (
    Choice,
    Encoded,
    Failed,
    LazyObject,
    ListTerm,
    MapTerm,
    Null,
    ObjectTerm,
    PartialStr,
    SetTerm,
    Sym,
    Term,
    TupleTerm,
    derived,
    type_of,
    wholly_known,
)
from podroom.evaluation.types import BOOL, DYNAMIC, STRING, SetType, describe
from podroom.positions import Document
from podroom.sources.hcl.syntax import Call, Expression

if TYPE_CHECKING:
    from podroom.evaluation.filesets import Listing

Evaluate: TypeAlias = Callable[[Expression, Scope], Term]

_LATER = "has a result only during a deployment"
# Texts that nobody can know before deployment, or that podroom does not work out.
_UNKNOWABLE = {
    "timestamp": _LATER,
    "plantimestamp": _LATER,
    "uuid": _LATER,
    "bcrypt": _LATER,
    "rsadecrypt": "is not worked out: podroom decrypts nothing",
    "abspath": "hangs on the folder of whoever deploys",
}


def call(node: Call, scope: Scope, evaluate: Evaluate) -> Term:
    """Return the result of a function call; raise `EvaluationFailure` where Terraform would."""
    name = node.name.removeprefix("core::")
    if scope.constant:
        raise EvaluationFailure(f"{name}() is called here, and Terraform calls no functions in the values of variables")
    special = _SPECIAL.get(name)
    if special is not None:
        return special(node, scope, evaluate)
    if name.startswith("provider::"):
        return Sym(DYNAMIC, f"{name} is a function of a provider, which podroom does not run")
    arguments = _arguments(node, scope, evaluate)
    if isinstance(arguments, Sym):
        return arguments
    if name in _UNKNOWABLE:
        same = name if name == "plantimestamp" else ""
        return Sym(STRING, f"{name}() {_UNKNOWABLE[name]}", name=same, nonnull=True, filled=True)
    found = registry.find(name)
    if found is None:
        return _unknown_function(node, scope)
    return found.call(arguments)


def _unknown_function(node: Call, scope: Scope) -> Term:
    message = f'there is no function named "{node.name}" that podroom knows'
    if scope.budget.trying:
        raise EvaluationFailure(message)
    scope.resolver.note(EvaluationProblem(message, scope.span(node), serious=False))
    return Sym(DYNAMIC, message, origin=scope.span(node))


def _arguments(node: Call, scope: Scope, evaluate: Evaluate) -> list[Term] | Sym:
    """Return the values of the arguments, or an unknown if not even their number is known."""
    arguments = [evaluate(argument, scope) for argument in node.arguments]
    if not node.expand or not arguments:
        return arguments
    last = arguments.pop()
    if isinstance(last, Null):
        raise EvaluationFailure("the arguments to expand are null")
    if isinstance(last, Sym | Choice | LazyObject):
        return derived(DYNAMIC, last, *arguments)
    if not isinstance(last, TupleTerm | ListTerm | SetTerm):
        raise EvaluationFailure(f"a {describe(type_of(last))} cannot be expanded into arguments")
    if last.rest:
        return derived(DYNAMIC, *last.rest)
    return [*arguments, *last.items]


def _try(node: Call, scope: Scope, evaluate: Evaluate) -> Term:
    if not node.arguments:
        raise EvaluationFailure("try needs at least one argument")
    return _try_from(0, node, scope, evaluate)


def _try_from(position: int, node: Call, scope: Scope, evaluate: Evaluate) -> Term:
    """Return the first argument from `position` on that has a value.

    Where an argument has one only in some cases, the next arguments stand for the other cases.
    """
    last: EvaluationFailure | None = None
    for index in range(position, len(node.arguments)):
        scope.budget.trying += 1
        try:
            value = evaluate(node.arguments[index], scope)
        except BeyondReach:
            raise
        except EvaluationFailure as failure:
            last = failure
            continue
        finally:
            scope.budget.trying -= 1
        if isinstance(value, Choice) and any(isinstance(option, Failed) for option in value.options):
            if index + 1 == len(node.arguments):
                return value
            fallback = _try_from(index + 1, node, scope, evaluate)
            options = tuple(fallback if isinstance(option, Failed) else option for option in value.options)
            return settle(Choice(value.decision, options, value.reason, value.refs))
        return value
    raise EvaluationFailure(f"no argument of try has a value; the last: {last.message if last else 'none'}")


def _can(node: Call, scope: Scope, evaluate: Evaluate) -> Term:
    if len(node.arguments) != 1:
        raise EvaluationFailure("can needs one argument")
    scope.budget.trying += 1
    try:
        value = evaluate(node.arguments[0], scope)
    except BeyondReach:
        raise
    except EvaluationFailure:
        return False
    finally:
        scope.budget.trying -= 1
    if isinstance(value, Choice) and any(isinstance(option, Failed) for option in value.options):
        options = tuple(not isinstance(option, Failed) for option in value.options)
        return settle(Choice(value.decision, options, value.reason, value.refs))
    if isinstance(value, Sym) and not value.filled and not (value.owner and value.attribute.isidentifier()):
        return derived(BOOL, value)
    return True


def _one_path(node: Call, scope: Scope, evaluate: Evaluate) -> Term:
    arguments = _arguments(node, scope, evaluate)
    if isinstance(arguments, Sym):
        return arguments
    if len(arguments) != 1:
        raise EvaluationFailure(f"{node.name} needs one argument")
    return arguments[0]


def _file(node: Call, scope: Scope, evaluate: Evaluate) -> Term:
    return over_choices(
        [_one_path(node, scope, evaluate)],
        lambda terms: _with_document(terms[0], scope, lambda document: document.text),
    )


def _encoded_file(node: Call, scope: Scope, evaluate: Evaluate) -> Term:
    """Return what the function of the same name without `file` makes of a file (`filesha256`, `filebase64`)."""
    name = node.name.removeprefix("core::").removeprefix("file")
    encoder = registry.find("base64encode" if name == "base64" else name)
    assert encoder is not None  # noqa: S101 - the registry always holds it
    return over_choices(
        [_one_path(node, scope, evaluate)],
        lambda terms: _with_document(terms[0], scope, lambda document: encoder.call([document.text])),
    )


def _fileexists(node: Call, scope: Scope, evaluate: Evaluate) -> Term:
    def exists(terms: list[Term]) -> Term:
        path = convert(terms[0], STRING)
        if not isinstance(path, str):
            return derived(BOOL, path)
        return isinstance(scope.resolver.read_file(path), Document)

    return over_choices([_one_path(node, scope, evaluate)], exists)


def _fileset(node: Call, scope: Scope, evaluate: Evaluate) -> Term:
    arguments = _arguments(node, scope, evaluate)
    if isinstance(arguments, Sym):
        return arguments
    if len(arguments) != 2:
        raise EvaluationFailure("fileset needs a folder and a pattern")
    return over_choices(arguments, lambda terms: _files(terms, scope))


def _files(terms: list[Term], scope: Scope) -> Term:
    from podroom.evaluation.filesets import joined, matching, relative  # noqa: PLC0415 - few projects use it

    folder, wanted = (convert(term, STRING) for term in terms)
    if isinstance(folder, Null) or isinstance(wanted, Null):
        raise EvaluationFailure("the folder or the pattern of fileset is null")
    if not isinstance(folder, str) or not isinstance(wanted, str):
        return derived(SetType(STRING), folder, wanted)

    def listing(path: str) -> Listing | None:
        found = scope.resolver.list_folder(path)
        if isinstance(found, str):
            raise BeyondReach(found)
        scope.budget.spend(1 + len(found or ()))
        return found

    found = (relative(path, folder) for path in matching(joined(folder, wanted), listing))
    return make_set(STRING, list(found))


def _with_document(term: Term, scope: Scope, use: Callable[[Document], Term]) -> Term:
    path = convert(term, STRING)
    if isinstance(path, Null):
        raise EvaluationFailure("the path of the file is null")
    if not isinstance(path, str):
        return derived(STRING, path, reason=f"the path of the file is not known: {derived(STRING, path).reason}")
    document = scope.resolver.read_file(path)
    if isinstance(document, Document):
        return use(document)
    raise BeyondReach(document)


def _templatefile(node: Call, scope: Scope, evaluate: Evaluate) -> Term:
    arguments = _arguments(node, scope, evaluate)
    if isinstance(arguments, Sym):
        return arguments
    if len(arguments) != 2:
        raise EvaluationFailure("templatefile needs a path and the variables")

    def render(terms: list[Term]) -> Term:
        return _with_document(terms[0], scope, lambda document: render_template(document, terms[1], scope, evaluate))

    return over_choices([arguments[0], arguments[1]], render)


def _templatestring(node: Call, scope: Scope, evaluate: Evaluate) -> Term:
    arguments = _arguments(node, scope, evaluate)
    if isinstance(arguments, Sym):
        return arguments
    if len(arguments) != 2:
        raise EvaluationFailure("templatestring needs a template and the variables")
    if not hasattr(node.arguments[0], "source"):
        raise EvaluationFailure("templatestring only renders a template that it gets by a reference")
    text = arguments[0]
    if not isinstance(text, str):
        return derived(STRING, text)
    place = scope.span(node)
    return render_template(Document(f"{place.path} (template)", text), arguments[1], scope, evaluate)


def render_template(document: Document, variables: Term, scope: Scope, evaluate: Evaluate) -> Term:
    """Return the text of a template in which nothing but `variables` is visible."""
    if isinstance(variables, Sym | LazyObject):
        return derived(STRING, variables)
    if not isinstance(variables, ObjectTerm | MapTerm):
        raise EvaluationFailure("the variables of a template must be a map")
    template = scope.resolver.parse_template(document)
    inner = Scope(scope.resolver, document, scope.budget, variables.entries, isolated=True)
    rendered = evaluate(template, inner)
    if isinstance(rendered, Null):
        raise EvaluationFailure("the template is null")
    return rendered if isinstance(rendered, Choice) else convert(rendered, STRING)


def _basename(node: Call, scope: Scope, evaluate: Evaluate) -> Term:
    return _path_part(
        node, scope, evaluate, lambda path: posixpath.basename(path.rstrip("/")) or ("/" if path else ".")
    )


def _dirname(node: Call, scope: Scope, evaluate: Evaluate) -> Term:
    return _path_part(node, scope, evaluate, lambda path: _cleaned(posixpath.dirname(path) or "."))


def _pathexpand(node: Call, scope: Scope, evaluate: Evaluate) -> Term:
    def expand(terms: list[Term]) -> Term:
        path = convert(terms[0], STRING)
        if isinstance(path, str) and not path.startswith("~"):
            return path
        return Sym(STRING, "the home folder of whoever deploys is not known", nonnull=True, filled=True)

    return over_choices([_one_path(node, scope, evaluate)], expand)


def _cleaned(path: str) -> str:
    """Return a path as Go cleans it, which knows no special meaning of two slashes at the start."""
    cleaned = posixpath.normpath(path)
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def _path_part(node: Call, scope: Scope, evaluate: Evaluate, part: Callable[[str], str]) -> Term:
    def apply(terms: list[Term]) -> Term:
        path = convert(terms[0], STRING)
        return part(path) if isinstance(path, str) else derived(STRING, path)

    return over_choices([_one_path(node, scope, evaluate)], apply)


def _issensitive(node: Call, scope: Scope, evaluate: Evaluate) -> Term:
    """Return whether the argument is a direct `sensitive(...)`; marks are not carried any further."""
    value = _one_path(node, scope, evaluate)
    argument = node.arguments[0]
    if isinstance(argument, Call) and argument.name.removeprefix("core::") == "sensitive":
        return True
    if wholly_known(value) and not isinstance(value, PartialStr | Encoded):
        return False
    return derived(BOOL, value)


def _removed(node: Call, _scope: Scope, _evaluate: Evaluate) -> Term:
    raise EvaluationFailure(f"{node.name} is no function of Terraform's configuration language any more")


_DIGESTS = ("filemd5", "filesha1", "filesha256", "filesha512", "filebase64sha256", "filebase64sha512")

_SPECIAL: dict[str, Callable[[Call, Scope, Evaluate], Term]] = {
    "try": _try,
    "can": _can,
    "file": _file,
    "filebase64": _encoded_file,
    **dict.fromkeys(_DIGESTS, _encoded_file),
    "fileset": _fileset,
    "fileexists": _fileexists,
    "templatefile": _templatefile,
    "templatestring": _templatestring,
    "basename": _basename,
    "dirname": _dirname,
    "pathexpand": _pathexpand,
    "issensitive": _issensitive,
    "list": _removed,
    "map": _removed,
}
