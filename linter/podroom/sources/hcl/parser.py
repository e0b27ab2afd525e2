"""Read HCL's native syntax, the language of `.tf` and `.tfvars` files, into a syntax tree.

The parser accepts and rejects exactly what Terraform does, keeps the place of every node, and takes
time in proportion to the length of the text, whatever the text is.  Whoever parses many files does well
to switch the garbage collector off meanwhile: the trees have no cycles, and walking them over and over
takes as long again as building them.
"""

from __future__ import annotations

from podroom.positions import Document
from podroom.sources.hcl.bodies import BodyScanner
from podroom.sources.hcl.expressions import ExpressionScanner
from podroom.sources.hcl.patterns import ANY_LINE
from podroom.sources.hcl.scanner import BrokenItemError
from podroom.sources.hcl.syntax import Expression, Invalid, ParsedFile, SyntaxProblem, Template


def parse(document: Document) -> ParsedFile:
    """Return the tree of a configuration file.

    No text makes this raise.  What is not valid is told in `problems`; a top-level block that holds
    a problem keeps what was read before it, an attribute with a broken value has an `Invalid` for
    its expression, and the blocks that follow are read as usual.
    """
    scanner = BodyScanner(document.text)
    body = scanner.document()
    return ParsedFile(document, body, scanner.comments, scanner.problems)


def parse_expression(
    document: Document, start: int = 0, end: int | None = None
) -> tuple[Expression, list[SyntaxProblem]]:
    """Return the expression that the text from `start` to `end` is, and what is not valid in it.

    Line ends count as blanks, as they do inside parentheses.
    """
    text = document.text if end is None else document.text[:end]
    scanner = ExpressionScanner(text, start)
    try:
        expression = scanner.expression(ANY_LINE)
        if not scanner.at_end():
            raise scanner.unexpected("Expected the end of the expression", scanner.at)
    except BrokenItemError as failure:
        return Invalid(start, len(text)), [failure.problem]
    return expression, []


def parse_template(document: Document) -> tuple[Template, list[SyntaxProblem]]:
    """Return a whole file as a template, as `templatefile` reads it, and what is not valid in it.

    A broken template has no parts.
    """
    scanner = ExpressionScanner(document.text)
    try:
        return scanner.file(), []
    except BrokenItemError as failure:
        return Template([], heredoc=False, start=0, end=len(document.text)), [failure.problem]
