"""Which files of a folder Terraform and OpenTofu read, and as what, told by their names."""

from __future__ import annotations

from collections.abc import Iterable

CONFIGURATION_ENDINGS = (".tf", ".tf.json", ".tofu", ".tofu.json")
_SHADOWED_BY = {".tf": ".tofu", ".tf.json": ".tofu.json"}
VARIABLE_ENDINGS = (".tfvars", ".tfvars.json")
_FIRST = ("terraform.tfvars", "terraform.tfvars.json")
_AUTOMATIC = (".auto.tfvars", ".auto.tfvars.json")
_ENVIRONMENTS = frozenset(
    {
        "dev", "develop", "development", "test", "testing", "tst", "qa", "uat", "int", "integration", "acc",
        "acceptance", "sandbox", "sbx", "demo", "perf", "stage", "staging", "stg", "preprod", "preproduction",
        "nonprod", "nonproduction", "prod", "prd", "production", "live", "dr",
    }
)  # fmt: skip
_HOLDS_VARIABLES = frozenset(
    {
        "env", "envs", "environment", "environments", "vars", "tfvars", "variables", "config", "configs",
        "values", "settings",
    }
)  # fmt: skip


def is_configuration(name: str) -> bool:
    """Return whether a file is configuration; hidden files are none."""
    return name.endswith(CONFIGURATION_ENDINGS) and not name.startswith(".")


def is_json(name: str) -> bool:
    """Return whether a file is in JSON."""
    return name.endswith(".json")


def configuration_files(names: Iterable[str]) -> list[str]:
    """Return the configuration among the files of a folder, in the order of their names.

    A `.tofu` file takes the place of the `.tf` file of the same name, a `.tofu.json` that of the `.tf.json`.
    Source: https://opentofu.org/docs/language/files/ (other tools see the `.tf` files only).
    """
    found = {name for name in names if is_configuration(name)}
    shadowed = {
        name
        for name in found
        for ending, stronger in _SHADOWED_BY.items()
        if name.endswith(ending) and name.removesuffix(ending) + stronger in found
    }
    return sorted(found - shadowed)


def is_override(path: str) -> bool:
    """Return whether a configuration file is merged over the others: `override` or `*_override`, of any ending."""
    name = path.rpartition("/")[2]
    stem = next((name.removesuffix(ending) for ending in CONFIGURATION_ENDINGS if name.endswith(ending)), name)
    return stem == "override" or stem.endswith("_override")


def automatic_variables(names: Iterable[str]) -> list[str]:
    """Return the variable files that are read without being named, the weakest first.

    Source: https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
    """
    found = set(names)
    return [name for name in _FIRST if name in found] + sorted(name for name in found if name.endswith(_AUTOMATIC))


def is_variable_file(name: str) -> bool:
    """Return whether a file holds values of variables."""
    return name.endswith(VARIABLE_ENDINGS) and not name.startswith(".")


def is_read_automatically(name: str) -> bool:
    """Return whether a variable file beside a root module is read without being named."""
    return name in _FIRST or name.endswith(_AUTOMATIC)


def environment_of(path: str) -> str | None:
    """Return the environment that a variable file is named after, None if it is named after none."""
    stem = without_ending(path.rpartition("/")[2].lower())
    words = "".join(letter if letter.isalnum() else " " for letter in stem).split()
    return next((word for word in words if word in _ENVIRONMENTS), None)


def without_ending(name: str) -> str:
    """Return the name of a variable file without its ending."""
    return next((name.removesuffix(ending) for ending in VARIABLE_ENDINGS if name.endswith(ending)), name)


def may_hold_variables(folder: str) -> bool:
    """Return whether a folder has a name that people give to folders of variable files."""
    return folder.rpartition("/")[2].lower() in _HOLDS_VARIABLES
