"""Finds files by what is in them, among thousands that are about something else.

First comes the name, then a search for bytes; only what passes both is decoded and parsed.  A file that cannot be
opened is passed over, because nothing says that it would have been of interest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from podroom.positions import Document
from podroom.records import dataclass
from podroom.sources.file_names import is_configuration, is_variable_file
from podroom.sources.files import Files, file_name, joined_path
from podroom.sources.roots import walk

LARGEST_SEARCHED = 8 * 1024 * 1024
"""In bytes.  What people write by hand is far smaller; what is larger is data."""

_HIDDEN_FOLDERS = frozenset((".buildkite", ".circleci", ".github", ".gitlab"))
"""Where files for continuous integration lie."""

_WRITTEN_BY_TERRAFORM = b'"terraform_version"'
"""In the first bytes of a plan or state in JSON, which holds manifests that somebody may have applied once."""
_HEAD = 200

YAML = (".yaml", ".yml", ".json")
"""The endings of files in YAML or JSON."""

YAML_TEMPLATES = tuple(
    f"{ending}.{template}" for ending in YAML for template in ("gotmpl", "j2", "template", "tftpl", "tmpl", "tpl")
)
"""The endings of templates of such files."""

HELPERS = "_*.tpl"
"""Stands among the endings for the templates of a Helm chart that others include, whose names begin with `_`."""

WITHOUT_ENDING = "/"
"""Stands among the endings for names without one, such as `deploy`; such a file must begin with `#!`."""
_RUNS = b"#!"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

_VARIABLES = (
    b"AWS_VPC_K8S_CNI_",
    b"ENABLE_PREFIX_DELEGATION",
    b"ENABLE_POD_ENI",
    b"ENABLE_SUBNET_DISCOVERY",
    b"MAX_ENI",
    b"MINIMUM_IP_TARGET",
    b"WARM_ENI_TARGET",
    b"WARM_IP_TARGET",
    b"WARM_PREFIX_TARGET",
)
_KARPENTER = (b"NodePool", b"odeClass", b"Provisioner", b"AWSNodeTemplate")
"""What speaks of Karpenter: kinds, and `nodeClassRef`."""


@dataclass(frozen=True, slots=True)
class Interest:
    """A kind of file: how its name may end, and the bytes of which one gives it away.

    `name` is what a person calls it.
    """

    name: str
    endings: tuple[str, ...]
    marks: tuple[bytes, ...]

    def has_name(self, name: str) -> bool:
        """Return whether a file of this name may be of interest."""
        if name.endswith(self.endings) or (WITHOUT_ENDING in self.endings and "." not in name):
            return True
        return HELPERS in self.endings and name.startswith("_") and name.endswith(".tpl")

    def has_content(self, name: str, data: bytes) -> bool:
        """Return whether a file of a name that may be of interest is so by what is in it."""
        if not ("." in name or name.endswith(self.endings) or data.startswith(_RUNS)):
            return False
        for mark in self.marks:  # noqa: SIM110 - `any` calls a generator for every mark of every file
            if mark in data:
                return True
        return False


EKSCTL = Interest("a ClusterConfig of eksctl", YAML + YAML_TEMPLATES, (b"eksctl.io/v1",))
MANIFEST = Interest(
    "a manifest of Karpenter or the VPC CNI, or values of their charts",
    (*YAML, *YAML_TEMPLATES, HELPERS),
    (
        # kinds, and groups with their versions: every Deployment may have a label of Karpenter
        *_KARPENTER,
        b"karpenter.sh/v1",
        b".k8s.aws/v1",
        b"crd.k8s.amazonaws.com/v1",
        b"amiSelectorTerms",
        b"ENIConfig",
        b"SecurityGroupPolicy",
        b"karpenter-global-settings",
        b"aws-node",
        b"-vpc-cni",
        *_VARIABLES,
        b"reservedENIs",
        b"interruptionQueue",
        b"clusterName",
        b"karpenter/",
    ),
)
KUSTOMIZATION = Interest(
    "a kustomization",
    ("kustomization.yaml", "kustomization.yml", "Kustomization"),
    (b"resources", b"bases", b"components", b"patches"),
)
SCRIPT = Interest(
    "a script that sets variables of aws-node",
    (
        *(".sh", ".bash", ".zsh", ".ksh", ".ps1", ".groovy", ".hcl", ".just", ".mk", ".yaml", ".yml"),
        *("Makefile", "Jenkinsfile", "justfile", "Justfile"),
        WITHOUT_ENDING,
    ),
    (b"set env", b"aws-node", *_VARIABLES, b"vpc-cni", b" patch ", b"helm upgrade", b"helm install", *_KARPENTER),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A file of some interest, and the path given by the user at or below which it lies."""

    interest: Interest
    document: Document
    path: str


def search(paths: Iterable[str], files: Files, interests: Sequence[Interest]) -> list[Found]:
    """Return the files at or below `paths` that are of interest, in the order of folders and names, each once.

    A file that is of interest and cannot be read as text is a problem of `files`.
    """
    found: dict[tuple[str, str], Found] = {}
    every = Interest("", tuple(dict.fromkeys(ending for interest in interests for ending in interest.endings)), ())
    for path in paths:
        for file in _candidates(path, files, every):
            data = files.beginning(file, LARGEST_SEARCHED)
            if data.startswith(_UTF_16):
                data = data.decode("utf-16", errors="replace").encode(errors="replace")
            if _WRITTEN_BY_TERRAFORM in data[:_HEAD]:
                continue
            name = file_name(file)
            for interest in interests:
                if not interest.has_name(name) or not interest.has_content(name, data):
                    continue
                document = files.document(file)
                if document is not None:
                    found.setdefault((file, interest.name), Found(interest, document, path))
    return list(found.values())


def _candidates(path: str, files: Files, every: Interest) -> Iterator[str]:
    if not files.is_folder(path):
        yield path
        return
    for folder, names in walk(path, files, _HIDDEN_FOLDERS):
        start = joined_path(folder, "")
        yield from (start + name for name in names if every.has_name(name) and not _is_of_terraform(name))


def _is_of_terraform(name: str) -> bool:
    """Return whether a file is of Terraform or a tool beside it: it may name variables of aws-node, but sets none."""
    return is_configuration(name) or is_variable_file(name) or name in (".tflint.hcl", ".terraform.lock.hcl")
