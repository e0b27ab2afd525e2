"""The classes that Checkov calls, one instance for each rule and kind of block.

Importing this module registers them.  Checkov executes the loader once for each of its runners, in one process or in
several; a module is imported once in each.
"""

from __future__ import annotations

import logging
from importlib.metadata import entry_points
from threading import local
from typing import Any

from checkov.common.bridgecrew.severities import get_severity
from checkov.common.checks.base_check import BaseCheck
from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.kubernetes.checks.resource.base_spec_check import BaseK8Check
from checkov.runner_filter import RunnerFilter
from checkov.terraform.checks.data.base_check import BaseDataCheck
from checkov.terraform.checks.data.registry import data_registry
from checkov.terraform.checks.module.base_module_check import BaseModuleCheck
from checkov.terraform.checks.module.registry import module_registry
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck
from checkov.terraform.checks.resource.registry import resource_registry

from podroom_checkov.analysis import Verdict
from podroom_checkov.answers import HEALTH, NOTHING, Answer, answer_kubernetes, answer_terraform
from podroom_checkov.table import RULES
from podroom_checkov.vertices import DATA_SOURCES, RESOURCES

KINDS = (
    "AWSNodeTemplate",
    "CNINode",
    "ClusterConfig",
    "ConfigMap",
    "DaemonSet",
    "EC2NodeClass",
    "ENIConfig",
    "NodeClass",
    "NodePool",
    "Provisioner",
    "SecurityGroupPolicy",
)
"""Kinds of objects that podroom judges, or that configure what it judges."""

_SEVERITIES = {"error": "HIGH", "warning": "MEDIUM", "info": "LOW"}
_RESULTS = {
    None: CheckResult.UNKNOWN,
    Verdict.PASSED: CheckResult.PASSED,
    Verdict.SUPPRESSED: CheckResult.SKIPPED,
    Verdict.FAILED: CheckResult.FAILED,
}


def check_id(code: str) -> str:
    """Return what Checkov calls a rule: `CKV_PODROOM_101` is PR101, `CKV_PODROOM_ACME101` a rule of another pack."""
    number = code.removeprefix("PR")
    return f"CKV_PODROOM_{number if number.isdigit() else code}"


class _ForEachThread:
    """An attribute that has a value of its own in each thread."""

    def __init__(self) -> None:
        self._values = local()

    def __get__(self, owner: object, _: type) -> Any:
        return getattr(self._values, str(id(owner)), None)

    def __set__(self, owner: object, value: Any) -> None:
        setattr(self._values, str(id(owner)), value)


# On macOS and Windows all runners of Checkov are threads.  They share these registries and write the graph of what they
# scan into them, so that a check would now and then see the graph of another runner.
for _registry in (resource_registry, data_registry, module_registry):
    type(_registry).graph = _ForEachThread()


class _Check(BaseCheck):
    """What all checks share; runners that are threads share the checks too, each of which keeps a block for each."""

    def __init__(self, code: str, severity: str, title: str, guideline: str | None, **supported: Any) -> None:
        self._code = code
        self._title = title
        self._now = local()
        super().__init__(
            name=title, id=check_id(code), categories=[CheckCategories.NETWORKING], guideline=guideline, **supported
        )
        self.severity = get_severity(_SEVERITIES[severity])
        RunnerFilter.notify_external_check(check_id(code))

    # Checkov sets these three on the check itself.
    @property
    def name(self) -> str:
        return getattr(self._now, "name", self._title)

    @name.setter
    def name(self, name: str) -> None:
        self._now.name = name

    @property
    def details(self) -> list[str]:
        return getattr(self._now, "details", [])

    @details.setter
    def details(self, details: list[str]) -> None:
        self._now.details = details

    @property
    def graph(self) -> Any:
        return getattr(self._now, "graph", None)

    @graph.setter
    def graph(self, graph: Any) -> None:
        self._now.graph = graph

    def run(
        self, scanned_file: str, entity_configuration: Any, entity_name: str, entity_type: str, skip_info: Any
    ) -> Any:
        """Run the check on one block."""
        self._now.scanned = scanned_file
        self._now.reason = ""
        self.name = self._title
        result = super().run(scanned_file, entity_configuration, entity_name, entity_type, skip_info)
        if not skip_info and result["result"] is CheckResult.SKIPPED:
            result["suppress_comment"] = self._now.reason
        return result

    def scan_entity_conf(self, conf: Any, entity_type: str) -> CheckResult:
        """Return what podroom says of one block; never raises, for Checkov takes that for nothing found."""
        self.entity_type = entity_type
        try:
            answer = self._ask(conf)
        except Exception as error:
            logging.getLogger(__name__).exception("podroom cannot answer %s for %s", self.id, entity_type)
            if self._code != HEALTH:
                return CheckResult.UNKNOWN
            answer = Answer(Verdict.FAILED, (f"podroom broke off: {type(error).__name__}: {error}",))
        if answer.verdict is Verdict.SUPPRESSED:
            self._now.reason = "; ".join(answer.lines)
        elif answer.verdict is Verdict.FAILED:
            self._tell(answer.lines)
        return _RESULTS[answer.verdict]

    def _ask(self, conf: Any) -> Answer:
        return answer_terraform(self._code, self.graph, conf, self._now.scanned, self.block_type)

    def _tell(self, lines: tuple[str, ...]) -> None:
        self.details = list(lines)


class _Resource(_Check, BaseResourceCheck):
    def scan_resource_conf(self, conf: Any) -> CheckResult:
        return self.scan_entity_conf(conf, self.entity_type)


class _Data(_Check, BaseDataCheck):
    def scan_data_conf(self, conf: Any) -> CheckResult:
        return self.scan_entity_conf(conf, self.entity_type)


class _Module(_Check, BaseModuleCheck):
    def scan_module_conf(self, conf: Any) -> CheckResult:
        return self.scan_entity_conf(conf, self.entity_type)


class _Object(_Check, BaseK8Check):
    def scan_spec_conf(self, conf: Any) -> CheckResult:
        return self.scan_entity_conf(conf, self.entity_type)

    def _ask(self, conf: Any) -> Answer:
        return answer_kubernetes(self._code, conf, self._now.scanned) if isinstance(conf, dict) else NOTHING

    def _tell(self, lines: tuple[str, ...]) -> None:
        # Checkov drops the details of these; the name is the only text that it passes on.
        self.name = f"{self._title}: {'; '.join(lines)}"


def _rows() -> list[tuple[str, str, str, str | None]]:
    """Return code, severity, title and link of each rule, those of other packs included."""
    rows = [(HEALTH, "error", "podroom can read and judge the project", None), *RULES]
    for pack in entry_points(group="podroom.rules"):
        if pack.value != "podroom_rules":
            rows += [
                (rule.code, str(rule.severity), rule.title().rstrip("."), next(iter(rule.sources), None))
                for rule in pack.load().rules()
            ]
    return rows


def _register() -> None:
    for row in _rows():
        _Resource(*row, supported_resources=RESOURCES)
        _Data(*row, supported_data=DATA_SOURCES)
        _Module(*row)
        _Object(*row, supported_entities=KINDS)


_register()
