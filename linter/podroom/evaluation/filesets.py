"""The files that a pattern of `fileset` matches, by the rules of the library that Terraform uses for it.

Source: https://github.com/bmatcuk/doublestar, v1: `*`, `?`, `[class]` and `{a,b}` within one name, `**` for any
folders.  What real Terraform answered to such patterns is in the tests.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from podroom.evaluation.failures import BeyondReach, EvaluationFailure
from podroom.patterns import pattern

Listing: TypeAlias = "tuple[tuple[str, bool], ...]"
"""The names in a folder, each with whether it is a folder."""

MOST_FILES = 20_000
_TOKEN = pattern(
    r"\\(?P<escaped>.)|(?P<any>\*+)|(?P<one>\?)|\[(?P<not>\^?)(?P<class>(?:\\.|[^\]\\])+)\]|\{(?P<either>[^{}]*)\}|(?P<plain>[^\[\{\\])",
    re.DOTALL,
)
_Test: TypeAlias = "Callable[[str], bool] | None"


def matching(text: str, listing: Callable[[str], Listing | None]) -> Iterator[str]:
    """Iterate over the paths of the files that a pattern matches; `listing` is None for what is no folder.

    Raises `EvaluationFailure` for a pattern that is none, and `BeyondReach` above `MOST_FILES` files and folders.
    """
    parts = text.split("/")
    start = next((at for at, part in enumerate(parts) if any(mark in part for mark in "*?[{\\")), len(parts) - 1)
    pending = [("/".join(parts[:start]), tuple(parts[start:]))]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    looked_at = 0
    while pending:
        folder, rest = pending.pop()
        if (folder, rest) in seen:
            continue
        seen.add((folder, rest))
        names = listing(folder or ("/" if text.startswith("/") else "."))
        if names is None:
            continue
        looked_at += len(names)
        if looked_at > MOST_FILES:
            raise BeyondReach(f"the pattern makes podroom look at more than {MOST_FILES:,} files, which it does not")
        first, *further = rest
        deep = first == "**"
        if deep and further:
            pending.append((folder, tuple(further)))
        fits = _name_test(first)
        for name, is_folder in names:
            path = f"{folder}/{name}" if folder or text.startswith("/") else name
            if is_folder and deep:
                pending.append((path, rest))
            elif is_folder and further and fits(name):
                pending.append((path, tuple(further)))
            elif not is_folder and not further and fits(name):
                yield path


def _name_test(part: str) -> Callable[[str], bool]:
    """Return a test of one name; a pattern that is none raises `EvaluationFailure`."""
    alternatives = [_tests(spelled) for spelled in _spelled_out(part)]
    return lambda name: any(_fits(tests, name) for tests in alternatives)


def _spelled_out(part: str) -> list[str]:
    """Return a pattern once for each way through its braces."""
    ways = [""]
    at = 0
    while at < len(part):
        token = _TOKEN.match(part, at)
        if token is None and part[at] == "{" and part.count("}", at) > 1:
            raise BeyondReach(f'"{part[:40]}" has braces in braces, which podroom does not follow')
        if token is None:
            raise _no_pattern(part)
        either = token["either"]
        choices = [token.group()] if either is None else either.split(",")
        ways = [f"{way}{choice}" for way in ways for choice in choices]
        if len(ways) > MOST_FILES:
            raise BeyondReach("the pattern stands for more patterns than podroom tries")
        at = token.end()
    return ways


def _tests(part: str) -> list[_Test]:
    """Return a test for each character of a name, None for any number of characters."""
    return [_test(token) for token in _TOKEN.finditer(part)]


def _test(token: re.Match[str]) -> _Test:
    if token["any"] is not None:
        return None
    if token["one"] is not None:
        return lambda _: True
    if token["class"] is not None:
        try:
            members = re.compile(f"[{token['not']}{_escaped_class(token['class'])}]")
        except re.error:
            raise _no_pattern(token.group()) from None
        return lambda character: members.fullmatch(character) is not None
    wanted = token["escaped"] if token["escaped"] is not None else token["plain"]
    return lambda character: character == wanted


def _escaped_class(members: str) -> str:
    """Return the members of a class as Python writes them: only a range and an escape are special."""
    return "".join(
        member if member == "-" else re.escape(member[-1]) for member in re.findall(r"\\.|.", members, re.DOTALL)
    )


def _fits(tests: list[_Test], name: str) -> bool:
    """Return whether a name fits, going back to the last `*` only: that takes no more than length times length."""
    at = position = 0
    star: int | None = None
    resume = 0
    while position < len(name):
        test = tests[at] if at < len(tests) else _nothing
        if test is None:
            star, resume = at, position
            at += 1
        elif test(name[position]):
            at += 1
            position += 1
        elif star is not None:
            resume += 1
            at, position = star + 1, resume
        else:
            return False
    return all(test is None for test in tests[at:])


def _nothing(_character: str) -> bool:
    return False


def _no_pattern(part: str) -> EvaluationFailure:
    return EvaluationFailure(f'"{part[:40]}" is no pattern of file names')


def joined(folder: str, text: str) -> str:
    """Return a pattern below a folder, as Go joins and cleans paths."""
    cleaned = posixpath.normpath(f"{folder}/{text}")
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def relative(path: str, folder: str) -> str:
    """Return the path of a file as seen from a folder; both are relative, or both are not."""
    here = [part for part in posixpath.normpath(folder).split("/") if part != "."]
    there = path.split("/")
    common = 0
    while common < min(len(here), len(there) - 1) and here[common] == there[common]:
        common += 1
    return "/".join([*[".."] * (len(here) - common), *there[common:]])
