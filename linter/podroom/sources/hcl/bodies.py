"""Bodies: attributes and blocks, and what to do about broken ones."""

from __future__ import annotations

import re

from podroom.patterns import pattern
from podroom.sources.hcl.expressions import ExpressionScanner
from podroom.sources.hcl.patterns import ITEM, LABEL, LINE_END, NAME, NEXT_LABEL, ONE_LINE, Item, LineEnd, NextLabel
from podroom.sources.hcl.scanner import BrokenItemError, UnclosedBlockError
from podroom.sources.hcl.syntax import Attribute, Block, Body, Expression, Invalid, Label, Literal, SyntaxProblem

# Where reading goes on after a broken item: a block's header in the first column (or an attribute,
# when the broken item was one), but not in the text of a heredoc.
_NEXT_BLOCK = rf'^{NAME}(?:[ \t]+{NAME}|[ \t]*"[^"\r\n]*")*[ \t]*\{{'
_HEREDOC = rf"<<-?({NAME})\r?\n"
_AFTER_BLOCK = pattern(f"(?:{_NEXT_BLOCK})|{_HEREDOC}", re.MULTILINE)
_AFTER_ATTRIBUTE = pattern(rf"(?:{_NEXT_BLOCK}|^{NAME}[ \t]*=(?![=>]))|{_HEREDOC}", re.MULTILINE)


class BodyScanner(ExpressionScanner):
    """Reads a whole configuration file, as much of it as is valid."""

    def __init__(self, text: str) -> None:
        """Begin at the start of the text."""
        super().__init__(text)
        self.problems: list[SyntaxProblem] = []
        self._open_blocks: list[Block] = []
        self._first_column_closes = False
        self._met_first_column = False

    def document(self) -> Body:
        """Read the file; after a broken item, go on at the next one."""
        root = Body([], [], self.at, len(self.text))
        names: set[str] = set()
        while True:
            before = (self.at, len(root.attributes), len(root.blocks), len(self.comments), len(self.problems))
            try:
                if not self._item(root, names, None):
                    return root
            except BrokenItemError as failure:
                problem = failure
            else:
                self._met_first_column = False
                continue
            unclosed = isinstance(problem, UnclosedBlockError) or self._met_first_column
            if unclosed and not self._first_column_closes:
                # Later blocks of the file have been taken for a part of a block that is not closed.
                # Read it again and let a header in the first column end it.
                self.at, attributes, blocks, comments, problems = before
                del root.attributes[attributes:], root.blocks[blocks:]
                del self.comments[comments:], self.problems[problems:]
                self._open_blocks.clear()
                self._met_first_column = False
                self._first_column_closes = True
                self.depth = 0
                continue
            self._recover(problem, before[0], in_block=bool(self._open_blocks))

    def _recover(self, failure: BrokenItemError, item: int, *, in_block: bool) -> None:
        """Note a problem, close what it left open, and go to the next item of the file."""
        self.problems.append(failure.problem)
        self.at = self._next_item(max(failure.resume, item + 1), in_block=in_block)
        for block in self._open_blocks:
            block.end = block.body.end = max(failure.problem.end, failure.resume)
        self._open_blocks.clear()
        self._met_first_column = False
        self.depth = 0

    def _next_item(self, at: int, *, in_block: bool) -> int:
        """Return the start of the first item in the first column from `at` on, or the end of the text."""
        pattern = _AFTER_BLOCK if in_block else _AFTER_ATTRIBUTE
        text = self.text
        while True:
            match = pattern.search(text, at)
            if match is None:
                return len(text)
            if match[1] is None:
                return self._comments_above(match.start(), at)
            end = self.bare_line_after(match[1], match.start())
            at = match.end() if end is None else end

    def _comments_above(self, at: int, earliest: int) -> int:
        """Return the start of the run of comment lines directly above `at`, not before `earliest`."""
        text = self.text
        while True:
            above = text.rfind("\n", 0, at - 1) + 1
            if above < earliest or above == at or not text.startswith(("#", "//"), above):
                return at
            at = above

    def _item(self, body: Body, names: set[str], block: Block | None) -> bool:
        """Read one item of the body of `block`, or of the file if None; False at the body's end."""
        match = ITEM.match(self.text, self.at)
        kind = match.lastindex if match else None
        if match is None or kind is None:
            return self._no_item(block)
        if Item.ATTRIBUTE < kind < Item.BLOCK:
            self._plain_attribute(body, names, match, kind)
        elif kind == Item.ATTRIBUTE:
            self.at = match.end()
            self._attribute(body, names, match[1], match.start(1))
            text = self.text
            at = self.at
            if text[at : at + 1] == "\n":
                self.at = at + 1
            else:
                self._end_line(LineEnd.END, "Expected a line end after this argument", one_line=False)
        elif kind == Item.BLOCK:
            quoted = match.span(Item.BLOCK - 1)
            labels = (
                [Label(label[1], label.start(), label.end()) for label in LABEL.finditer(self.text, *quoted)]
                if quoted[0] < quoted[1]
                else []
            )
            self.at = match.end()
            header_end = labels[-1].end if labels else match.end(1)
            self._block(body, match[1], labels, match.start(1), header_end)
        elif kind == Item.COMMENT:
            self.at = self.comment(match.start(kind))
        elif kind == Item.CLOSE:
            if block is None:
                raise self.failure("This `}` closes nothing.", match.start(kind), resume=match.end())
            self.at = match.end()
            return False
        else:
            self._unusual_item(body, names, match[kind], match.start(kind))
        return True

    def _no_item(self, block: Block | None) -> bool:
        if not self.at_end():
            raise self.unexpected("Expected an argument or a block", self.at)
        if block is None:
            return False
        raise self._unclosed(block, self.at)

    def _unclosed(self, block: Block, at: int) -> UnclosedBlockError:
        message = f"This `{block.type}` block is never closed: its `}}` is missing."
        return UnclosedBlockError(SyntaxProblem(message, block.start, block.header_end), at)

    def _attribute(self, body: Body, names: set[str], name: str, start: int) -> None:
        """Read the value of the attribute `name` and note the attribute in `body`."""
        if self.beyond_ascii:
            self.check_name(name, start)
        value_start = self.at
        try:
            value = self.expression(ONE_LINE)
        except BrokenItemError as failure:
            end = max(value_start, failure.problem.end)
            body.attributes.append(Attribute(name, Invalid(value_start, end), start, end))
            raise
        if name in names:
            self._set_again(name, start)
        names.add(name)
        body.attributes.append(Attribute(name, value, start, value.end))

    def _set_again(self, name: str, start: int) -> None:
        message = f"The argument `{name}` is already set in this block; each argument may be set only once."
        self.problems.append(SyntaxProblem(message, start, start + len(name)))

    def _plain_attribute(self, body: Body, names: set[str], match: re.Match[str], kind: int) -> None:
        """Note an attribute that was found with its value."""
        name, start = match[1], match.start(1)
        if self.beyond_ascii:
            self.check_name(name, start)
        text = match[kind]
        at, end = match.span(kind)
        value: Expression
        if kind == Item.STRING:
            end += 1
            value = Literal(text, at - 1, end)
        elif kind == Item.TRAVERSAL:
            value = self.traversal(text, at)
        else:
            value = Literal(int(text), at, end)
        if name in names:
            self._set_again(name, start)
        names.add(name)
        body.attributes.append(Attribute(name, value, start, end))
        self.at = match.end()

    def _unusual_item(self, body: Body, names: set[str], name: str, start: int) -> None:
        """Read an item that begins with a name and is no plain attribute or block with quoted labels."""
        if self.beyond_ascii:
            self.check_name(name, start)
        self.at = header_end = start + len(name)
        text = self.text
        labels: list[Label] = []
        while True:
            at = self.skip(ONE_LINE)
            match = NEXT_LABEL.match(text, at)
            kind = match.lastindex if match else None
            if match is None or kind is None:
                break
            if kind == NextLabel.BRACE:
                self.at = at + 1
                self._block(body, name, labels, start, header_end)
                return
            labels.append(self._quoted_label() if kind == NextLabel.QUOTE else self._bare_label(match[1], at))
            self.at = header_end = labels[-1].end
        if labels:
            raise self.unexpected("Expected a label or `{` on the same line as the start of this block", at)
        if self.punctuation(ONE_LINE) != "=":
            raise self.unexpected(f"Expected `=` or the rest of a block's header after `{name}`", self.at)
        self.at += 1
        self._attribute(body, names, name, start)
        self._end_line(LineEnd.END, "Expected a line end after this argument", one_line=False)

    def _quoted_label(self) -> Label:
        start = self.at
        label = self.quoted()
        if not isinstance(label, Literal):
            raise self.failure(
                "A block's label cannot hold `${ }` or `%{ }`; double the sign to mean it.", start, self.at
            )
        return Label(str(label.value), start, self.at)

    def _bare_label(self, name: str, start: int) -> Label:
        if self.beyond_ascii:
            self.check_name(name, start)
        return Label(name, start, start + len(name))

    def _block(self, parent: Body, name: str, labels: list[Label], start: int, header_end: int) -> None:
        """Read the body of a block from behind its `{`."""
        text = self.text
        if self.beyond_ascii:
            self.check_name(name, start)
        if self._open_blocks and text[start - 1] == "\n":
            self._check_first_column(parent, start)
        opening = self.at
        body = Body([], [], opening, opening)
        block = Block(name, labels, body, start, header_end, opening)
        parent.blocks.append(block)
        self._open_blocks.append(block)
        self.enter()
        names: set[str] = set()
        if text[opening : opening + 1] == "\n" or self._ends_line_or_block(block):
            while self._item(body, names, block):
                pass
        else:
            self._only_attribute(body, names)
        body.end = self.at - 1
        block.end = self.at
        self.depth -= 1
        self._open_blocks.pop()
        if text[self.at : self.at + 1] == "\n":
            self.at += 1
        else:
            self._end_line(LineEnd.END, "Expected a line end after this block", one_line=False)

    def _check_first_column(self, parent: Body, start: int) -> None:
        """Note, or tell, that a header in the first column hardly belongs into a block with indented items."""
        items: list[Attribute | Block] = [*parent.attributes[:1], *parent.blocks[:1]]
        if any(self.text.startswith("\n", item.start - 1) for item in items):
            return
        if self._first_column_closes:
            raise self._unclosed(self._open_blocks[-1], start)
        self._met_first_column = self._met_first_column or bool(items)

    def _ends_line_or_block(self, block: Block) -> bool:
        """Say whether the line or the block ends behind `{`, so that its items stand on lines of their own."""
        mark = self.punctuation(ONE_LINE)
        if not mark and self.at == len(self.text):
            raise self._unclosed(block, self.at)
        return mark in ("\n", "}")

    def _only_attribute(self, body: Body, names: set[str]) -> None:
        """Read the attribute of a block on one line, and the block's end."""
        at = self.at
        match = ITEM.match(self.text, at)
        name = None if match is None or match[Item.BLOCK] else match[1] or match[Item.OTHER_NAME]
        if name is None:
            raise self.unexpected("Expected a single argument in this block on one line", at)
        self.at = at + len(name)
        if self.punctuation(ONE_LINE) != "=":
            raise self.unexpected(f"Expected `=` after `{name}`: a block on one line holds one argument", self.at)
        self.at += 1
        self._attribute(body, names, name, at)
        self._end_line(
            LineEnd.CLOSE, "Expected `}`: a block on one line holds one argument and ends there", one_line=True
        )

    def _end_line(self, wanted: int, expected: str, *, one_line: bool) -> None:
        """Pass blanks, comments and the wanted end."""
        text = self.text
        while True:
            match = LINE_END.match(text, self.at)
            kind = match.lastindex if match else None
            if match is not None and kind == wanted:
                self.at = match.end()
                return
            if match is not None and (kind == LineEnd.COMMENT or (kind == LineEnd.LINE_COMMENT and not one_line)):
                self.at = self.comment(match.start(kind))
                continue
            at = self.skip(ONE_LINE)
            raise self.unexpected(expected, at)
