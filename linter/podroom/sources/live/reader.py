"""Several files of what the AWS CLI and kubectl printed -> one record of what is there."""

from __future__ import annotations

from collections.abc import Iterable

from podroom.errors import InputError
from podroom.sources.live.aws import read_aws
from podroom.sources.live.documents import read_documents
from podroom.sources.live.fields import parts, text
from podroom.sources.live.kubernetes import read_kubernetes
from podroom.sources.live.records import Live

_PLAN = frozenset({"format_version", "terraform_version"})


def read_live(files: Iterable[tuple[str, bytes]]) -> Live:
    """Return what files list, each given as what it is called and its content; of two records of one thing the later.

    Raises `InputError` with one sentence for a file that lists nothing which podroom reads.
    """
    live = Live()
    for shown, data in files:
        for answer in read_documents(shown, data):
            if not isinstance(answer, dict):
                how = "without --query" if isinstance(answer, list) else "with -o json (AWS CLI: --output json)"
                raise InputError(f"{shown} is no whole answer of the AWS CLI or kubectl: print it {how}")
            if not read_aws(answer, shown, live) and not read_kubernetes(answer, shown, live):
                raise InputError(_why_not(answer, shown))
    return live


def _why_not(answer: dict[str, object], shown: str) -> str:
    if _PLAN & answer.keys():
        return f"{shown} is a plan or state of Terraform: give it with --plan"
    kinds = [kind for one in (*parts(answer, "items"), answer) if (kind := text(one, "kind"))]
    what = f"objects of the kind {kinds[0][:40]!r}" if kinds else "none of the things that podroom reads"
    return f"{shown} lists {what}; `podroom inventory` prints the commands"
