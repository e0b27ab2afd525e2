"""One root module -> its Worlds: one for each of the variable files and workspaces that it may be deployed with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from podroom.assembly.loose import LooseParts
from podroom.assembly.workspaces import Described, Wanted, in_each_workspace
from podroom.engine import Problem
from podroom.evaluation.project import Assignment, Inputs, Module, Options, load_root
from podroom.model.world import Gap, World
from podroom.positions import Document, Span
from podroom.records import replace
from podroom.sources.files import Files
from podroom.sources.hcl.syntax import ParsedFile
from podroom.sources.variants import MOST_VARIANTS, Variant, Variants, find_beside, find_variants

if TYPE_CHECKING:
    from podroom.assembly.live.inventories import Inventories


def worlds_of(
    root: str, files: Files, loose: LooseParts, options: Options, inventories: Inventories | None
) -> Iterator[tuple[World, list[Problem]]]:
    """Yield the World of each variant of a root module, and what went wrong in it."""
    if options.settled is None and files.is_silent(root):
        yield World(root=root), []
        return
    inputs = options.inputs
    planned = options.settled is not None and bool(options.settled.variables)
    may_vary = not planned and all(isinstance(one, Assignment) for one in inputs.given)
    module = load_root(files, root, options)
    names = module.declarations.variables
    variants = find_variants(files, root, names) if may_vary and names else Variants([], [])
    if may_vary and not variants.found and not _is_complete(module, inputs):
        beside = find_beside(files, root, names)
        if beside:
            options = replace(options, inputs=replace(inputs, elsewhere=beside))
    judged = _judged(variants, module, inputs)
    for variant in judged:
        if variant is not None:
            files.use(variant.files)
        with_files = options if variant is None else _with_files(options, variant)
        load = _loading(module, files, variant, inventories)
        wanted = _wanted(root, variant, judged)
        found, left_out = in_each_workspace(Described.of(load(with_files, None)), with_files, load, wanted)
        for one in found:
            world, wrong = told(one, files, loose)
            if world.about_eks:
                world = replace(world, gaps=(*world.gaps, *_left_out(variants), *left_out))
            yield replace(world, variant=_name(variant, one.workspace)), wrong


def _with_files(options: Options, variant: Variant) -> Options:
    return replace(options, inputs=replace(options.inputs, given=(*variant.files, *options.inputs.given)))


def _loading(
    loaded: Module, files: Files, variant: Variant | None, inventories: Inventories | None
) -> Callable[[Options, str | None], Module]:
    """Return what loads a root module for some options and, if it is for one only, the name of a workspace.

    For its own options that is `loaded`, of which what it declares has been read.
    """

    def load(options: Options, workspace: str | None) -> Module:
        own = options is loaded.project.options
        module = loaded if own else load_root(files, loaded.directory, options)
        return module if inventories is None else inventories.resolve(module, _name(variant, workspace))

    return load


def _name(variant: Variant | None, workspace: str | None) -> str | None:
    """Return what the World of a variant in a workspace is called."""
    return " + ".join(name for name in (variant and variant.name, workspace) if name) or None


def _wanted(root: str, variant: Variant | None, judged: Sequence[Variant | None]) -> Wanted:
    """Return which workspaces a variant is judged in, so that all variants together are not too many."""
    most = max(MOST_VARIANTS // len(judged), 1)
    if variant is None:
        return Wanted(most)
    named = variant.words(root)
    others = [one.words(root) for one in judged if one is not None and one is not variant]
    return Wanted(most, named, frozenset().union(*others))


def _judged(variants: Variants, module: Module, inputs: Inputs) -> Sequence[Variant | None]:
    """Return how a root module is judged: with which variable files beside those that are read without being named.

    Without any it is judged too where it could be deployed so: it has variable files that are read without being
    named, and every variable has a value.
    """
    if not variants.found:
        return [None]
    automatic = module.project.files.variables(module.directory)
    alone = automatic and _is_complete(module, inputs)
    return [*([Variant(())] if alone else []), *variants.found[:MOST_VARIANTS]]


def _is_complete(module: Module, inputs: Inputs) -> bool:
    """Return whether every variable of a root module has a value."""
    missing = [
        name
        for name, declaration in module.declarations.variables.items()
        if "default" not in declaration.body.attributes
    ]
    automatic = module.project.files.variables(module.directory) if missing else []
    return all(inputs.find(name, automatic) is not None for name in missing)


def _left_out(variants: Variants) -> Iterator[Gap]:
    """Yield what is not judged because nobody named its variable files."""
    for problem in variants.unread:
        yield Gap("the root module", problem.message, Span(Document(problem.path, ""), 0, 0))
    more = variants.found[MOST_VARIANTS:]
    if more:
        message = f"it is not judged with {len(more)} more variable files, from this one on; name them by --var-file"
        yield Gap("the root module", message, Span(more[0].files[-1].document, 0, 0))


def told(one: Described, files: Files, loose: LooseParts) -> tuple[World, list[Problem]]:
    """Return the World of a root module and what went wrong in it; parts of clusters elsewhere go to `loose`."""
    module, world = one.module, one.world
    loose.add(module.directory, one.parts)
    problems: list[Problem] = []
    if world.about_eks and module.project.files is files and not module.project.options.alone:
        given = [one for one in module.project.options.inputs.given if not isinstance(one, Assignment)]
        for parsed in (*files.variables(module.directory), *given):  # also those in which nothing was looked up
            problems += _blocks_in(parsed)
    for part in module.walk() if world.about_eks else ():
        for problem in part.problems:
            if problem.serious:
                path = problem.span.path if problem.span else module.directory
                problems.append(Problem(problem.message, problem.span, path))
            elif problem.span is not None:
                gap = Gap(part.address or "the root module", problem.message, problem.span)
                world = replace(world, gaps=(*world.gaps, gap))
    return world, problems


def _blocks_in(parsed: ParsedFile) -> Iterator[Problem]:
    """Yield that a variable file holds blocks, which Terraform refuses."""
    for block in parsed.body.blocks:
        message = f'a variable file gives values only, and no block such as "{block.type}"'
        yield Problem(message, Span(parsed.document, block.start, block.header_end), parsed.document.path)
