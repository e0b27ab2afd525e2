"""The alternative reader: python-hcl2's parser, its tree restated as podroom's own.

python-hcl2 has its own grammar, so that the two readers check each other.  docs/hcl-readers.md lists
where they differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from podroom.errors import UsageError
from podroom.positions import Document
from podroom.sources.hcl.python_hcl2_trees import Converter, only_tree
from podroom.sources.hcl.scanner import BrokenItemError
from podroom.sources.hcl.syntax import Body, Comment, ParsedFile, SyntaxProblem

if TYPE_CHECKING:
    from lark import Token, Tree


def parse_with_python_hcl2(document: Document) -> ParsedFile:
    """Return the tree of a configuration file as python-hcl2 reads it.

    A file that python-hcl2 cannot read has an empty body and one problem.  Raises `UsageError` if
    python-hcl2 is not installed.
    """
    parse_tree = _python_hcl2()
    text = document.text
    start = 1 if text.startswith("\ufeff") else 0
    empty = Body([], [], start, len(text))
    try:
        # python-hcl2 does not know the byte order mark; a blank in its place keeps the positions.
        source = " " + text[1:] if text.startswith("\ufeff") else text
        tree = _read(parse_tree, source, text, 0)
        converter = Converter(text, 0, lambda source, shift: _read(parse_tree, source, text, shift))
        body = converter.body(only_tree(tree), start, len(text))
    except BrokenItemError as failure:
        return ParsedFile(document, empty, [], [failure.problem])
    return ParsedFile(document, body, list(_comments(tree, text)), converter.problems)


def _python_hcl2() -> Callable[[str], Tree[Token]]:
    try:
        import hcl2  # noqa: PLC0415  # an extra, and slow to import
    except ImportError:
        problem = "python-hcl2 is not installed"
    else:
        # bc-python-hcl2, which Checkov brings, is another module of the same name without this function.
        if hasattr(hcl2, "parses_to_tree"):
            return hcl2.parses_to_tree
        problem = "another package, such as Checkov's bc-python-hcl2, stands in the place of python-hcl2"
    raise UsageError(f"Cannot read with python-hcl2, because {problem}: run pip install 'podroom[python-hcl2]'.")


def _read(parse_tree: Callable[[str], Tree[Token]], source: str, text: str, shift: int) -> Tree[Token]:
    """Parse `source`; a position in it plus `shift` is the position in `text`."""
    from lark.exceptions import LarkError, UnexpectedInput  # noqa: PLC0415  # comes with python-hcl2

    try:
        return parse_tree(source)
    except UnexpectedInput as error:
        position = getattr(error, "pos_in_stream", None)  # none at the end of the text
        at = len(text) if position is None else min(max(position + shift, 0), len(text))
        problem = SyntaxProblem("python-hcl2 did not expect this here.", at, min(at + 1, len(text)))
        raise BrokenItemError(problem, at) from None
    except LarkError as error:
        first_line = str(error).split("\n", 1)[0]
        raise BrokenItemError(SyntaxProblem(f"python-hcl2 cannot read this: {first_line}", 0, len(text)), 0) from None


def _comments(tree: Tree[Token], text: str) -> Iterator[Comment]:
    for token in tree.scan_values(lambda _: True):
        start = token.start_pos or 0
        if token.type == "NL_OR_COMMENT":
            blank_or_comment = str(token)
        else:
            # python-hcl2 puts a comment in front of an operator on the next line into the operator.
            blank_or_comment = str(token).removesuffix(text[start : token.end_pos])
            start = text.rfind(blank_or_comment, 0, start)
        comment = blank_or_comment.lstrip(" \t\r\n")
        if comment.startswith(("#", "//", "/*")):
            start += len(blank_or_comment) - len(comment)
            yield Comment(start, start + len(comment.rstrip("\r\n")))
