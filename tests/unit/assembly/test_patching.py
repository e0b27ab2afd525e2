"""Patches of manifests against the examples of RFC 7386 and RFC 6902, and against those of Kubernetes' own merges."""

from __future__ import annotations

import json

import pytest

from podroom.assembly.manifests.patching import Operation, common, merge, operate
from podroom.assembly.manifests.tree import Item, Leaf, Listing, Table, from_yaml
from podroom.positions import Document
from podroom.sources.yaml import compose_document

UNKNOWN = "?"


def item(text: str) -> Item:
    (node,) = compose_document(Document("t.yaml", text)).documents
    return from_yaml(node)


def table(text: str) -> Table:
    found = item(text)
    assert isinstance(found, Table)
    return found


def plain(found: Item) -> object:
    """Return an item as JSON; null is what is not there, and what is doubtful is "?"."""
    if isinstance(found, Leaf):
        return found.text().need() if found.unknown() is None else UNKNOWN
    if isinstance(found, Listing):
        return [*map(plain, found.items), *([UNKNOWN] if found.missing else [])]
    known = {
        key: plain(entry.item)
        for key, entry in found.entries.items()
        if not (isinstance(entry.item, Leaf) and entry.item.is_null)
    }
    return {**known, **dict.fromkeys(found.doubtful, UNKNOWN), **({UNKNOWN: UNKNOWN} if found.missing else {})}


MERGED = [
    ('{"a":"b"}', '{"a":"c"}', '{"a":"c"}'),
    ('{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'),
    ('{"a":"b"}', '{"a":null}', "{}"),
    ('{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'),
    ('{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'),
    ('{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'),
    ('{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'),
    ('{"a":[{"b":"c"}]}', '{"a":["1"]}', '{"a":["1"]}'),
    ('{"e":null}', '{"a":"1"}', '{"a":"1"}'),
    ("{}", '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'),
]
"""The target, the patch and the result: appendix A of RFC 7386, but for those that are no mappings."""


@pytest.mark.parametrize(("target", "patch", "result"), MERGED)
def test_a_patch_is_merged_as_rfc_7386_says(target: str, patch: str, result: str) -> None:
    assert plain(merge(table(target), table(patch), strategic=False)) == json.loads(result)


CONTAINERS = '{"containers": [{"name": "aws-node", "image": "i", "env": [{"name": "A", "value": "1"}]}, {"name": "b"}]}'
STRATEGIC = [
    (
        '{"containers": [{"name": "aws-node", "env": [{"name": "A", "value": "2"}]}]}',
        {"image": "i", "env": {"A": "2"}},
    ),
    (
        '{"containers": [{"name": "aws-node", "env": [{"name": "B", "value": "2"}]}]}',
        {"image": "i", "env": {"A": "1", "B": "2"}},
    ),
    ('{"containers": [{"name": "aws-node", "image": "j"}]}', {"image": "j", "env": {"A": "1"}}),
    ('{"containers": [{"name": "c"}]}', {"image": "i", "env": {"A": "1"}}),
]


@pytest.mark.parametrize(("patch", "result"), STRATEGIC)
def test_containers_and_variables_are_merged_by_name(patch: str, result: object) -> None:
    merged = plain(merge(table(CONTAINERS), table(patch), strategic=True))
    assert isinstance(merged, dict)
    by_name = {container["name"]: container for container in merged["containers"]}
    assert {"aws-node", "b"} <= by_name.keys()
    node = by_name["aws-node"]
    assert {"image": node["image"], "env": {one["name"]: one["value"] for one in node["env"]}} == result


def test_a_list_of_a_custom_object_is_replaced_whatever_its_items_are_called() -> None:
    merged = merge(table(CONTAINERS), table('{"containers": [{"name": "c"}]}'), strategic=False)
    assert plain(merged) == {"containers": [{"name": "c"}]}


NAMED = {"a": [{"name": "b", "c": UNKNOWN}, {"name": "d", "c": "1"}]}
OPERATED = [
    ("add", "/baz", '"qux"', '{"foo": "bar"}', {"foo": "bar", "baz": "qux"}),
    ("add", "/foo/1", '"qux"', '{"foo": ["bar", "baz"]}', {"foo": ["bar", "qux", "baz"]}),
    ("add", "/foo/-", '"qux"', '{"foo": ["bar"]}', {"foo": ["bar", "qux"]}),
    ("add", "/child", '{"grandchild": {}}', '{"foo": "bar"}', {"foo": "bar", "child": {"grandchild": {}}}),
    ("remove", "/baz", "", '{"baz": "qux", "foo": "bar"}', {"foo": "bar"}),
    ("remove", "/foo/1", "", '{"foo": ["bar", "qux", "baz"]}', {"foo": ["bar", "baz"]}),
    ("replace", "/baz", '"boo"', '{"baz": "qux", "foo": "bar"}', {"baz": "boo", "foo": "bar"}),
    ("replace", "/a/b/0/c", '"2"', '{"a": {"b": [{"c": "1"}]}}', {"a": {"b": [{"c": "2"}]}}),
    # What fails in a real patch, or is not followed, is not known.
    ("replace", "/foo/2", '"x"', '{"foo": ["bar"], "b": "1"}', {"foo": UNKNOWN, "b": "1"}),
    ("add", "/foo/3", '"x"', '{"foo": ["bar"]}', {"foo": UNKNOWN}),
    ("add", "/foo/bar/baz", '"x"', '{"foo": {}, "b": "1"}', {"foo": {"bar": UNKNOWN}, "b": "1"}),
    ("move", "/a/b", "", '{"a": {"b": "1", "c": "2"}}', {"a": {"b": UNKNOWN, "c": "2"}}),
    ("replace", "/foo/bar", '"x"', '{"foo": "1"}', {"foo": UNKNOWN}),
    ("set", "/a/[name=b]/c", "", '{"a": [{"name": "b", "c": "1"}, {"name": "d", "c": "1"}]}', NAMED),
    ("set", "/a/*/c", "", '{"a": [{"name": "b", "c": "1"}]}', {"a": [{"name": "b", "c": UNKNOWN}]}),
    ("set", "/a/[name=x]/c", "", '{"a": [{"name": "b", "c": "1"}]}', {"a": UNKNOWN}),
]
"""Operation, path, value, document and result: from appendix A of RFC 6902, where it tells."""


@pytest.mark.parametrize(("name", "path", "value", "document", "result"), OPERATED)
def test_an_operation_does_what_rfc_6902_says(name: str, path: str, value: str, document: str, result: object) -> None:
    below = table(document)
    steps = tuple(path.split("/")[1:])
    assert plain(operate(below, [Operation(name, steps, item(value) if value else None, below.span)])) == result


COMMON = [
    (["{a: 1, b: {c: 2, d: 3}}", "{a: 1, b: {c: 2, d: 4}}"], {"a": "1", "b": {"c": "2", "d": UNKNOWN}}),
    (["{a: 1}", "{a: 1, b: 2}"], {"a": "1", "b": UNKNOWN}),
    (["{a: [1]}", "{a: [1]}"], {"a": UNKNOWN}),
    (["{a: 1}", "{a: 1}", "{a: 2}"], {"a": UNKNOWN}),
    (["{a: {b: 1}}", "{a: 1}"], {"a": UNKNOWN}),
]


@pytest.mark.parametrize(("variants", "result"), COMMON)
def test_what_variants_do_not_agree_on_is_doubtful(variants: list[str], result: object) -> None:
    assert plain(common([table(text) for text in variants], "why")) == result
