"""Checkov executes this file once for each of its runners; what it needs is imported from the installed podroom.

Where podroom is not installed for Checkov's Python, it is taken from the archive beside this file (`podroom checkov
export`), or from the environment that this file belongs to.  If it cannot be had, a check fails that says so: Checkov
by itself would log the error, pass over the checks and exit with 0.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

HERE = os.path.dirname(os.path.abspath(__file__))
ARCHIVE = os.path.join(HERE, "podroom.zip")


def find_podroom() -> None:
    """Let Python find podroom: the archive first, since whoever exported it wants that version."""
    if os.path.exists(ARCHIVE):
        if ARCHIVE not in sys.path:
            sys.path.insert(0, ARCHIVE)
        return
    try:
        import_module("podroom")
        import_module("podroom_checkov")
    except ImportError:
        # Last on the path, so that nothing of Checkov's own environment is replaced.
        sys.path.append(os.path.dirname(os.path.dirname(HERE)))


def fail(error: Exception) -> None:
    """Register a check that fails for the first cluster, group of nodes or subnet, and says why."""
    from checkov.common.bridgecrew.severities import get_severity  # noqa: PLC0415 - only a failure needs it
    from checkov.common.models.enums import CheckCategories, CheckResult  # noqa: PLC0415 - only a failure needs it
    from checkov.kubernetes.checks.resource.base_spec_check import BaseK8Check  # noqa: PLC0415 - only a failure needs it
    from checkov.terraform.checks.module.base_module_check import BaseModuleCheck  # noqa: PLC0415 - only a failure needs it
    from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck  # noqa: PLC0415 - only a failure needs it

    told = []
    common = {"id": "CKV_PODROOM_0", "categories": [CheckCategories.NETWORKING]}
    common["name"] = f"podroom cannot run: {type(error).__name__}: {error}"

    def answer(*_: object) -> CheckResult:
        told.append(1)
        return CheckResult.FAILED if len(told) == 1 else CheckResult.UNKNOWN

    resources = ["aws_autoscaling_group", "aws_eks_cluster", "aws_eks_node_group", "aws_subnet"]
    kinds = ["ClusterConfig", "EC2NodeClass", "NodePool", "Provisioner"]
    checks = (
        type("Resource", (BaseResourceCheck,), {"scan_resource_conf": answer})(supported_resources=resources, **common),
        type("Module", (BaseModuleCheck,), {"scan_module_conf": answer})(**common),
        type("Object", (BaseK8Check,), {"scan_spec_conf": answer})(supported_entities=kinds, **common),
    )
    for check in checks:
        # That of the check which it stands for: without one `--check HIGH` passes over it.
        check.severity = get_severity("HIGH")


def register() -> None:
    """Register the checks, once in each process."""
    try:
        find_podroom()
        import_module("podroom_checkov.registry")
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody else would tell
        fail(error)


register()
