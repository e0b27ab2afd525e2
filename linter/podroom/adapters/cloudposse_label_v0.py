"""cloudposse/label/null, v0: names, and the context that carries them from module to module.

Facts from 0.25.0, Apache License 2.0: https://github.com/cloudposse/terraform-null-label
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.cloudposse_context import CONTEXT
from podroom.adapters.hcl import outputs

_NAMES = ("namespace", "tenant", "environment", "stage", "name")

_OUTPUTS = {
    "id": 'local.enabled ? local.id : ""',
    "enabled": "local.enabled",
    "delimiter": "local.delimiter",
    "attributes": "local.attributes",
    "tags": "merge(local.generated_tags, local.tags)",
    **{name: f'local.label.{name} == null ? "" : local.label_parts.{name}' for name in _NAMES},
    "context": "local.handed_on",
}

_HANDED_ON = """
locals {
  own_attributes = []

  handed_on = merge(local.label, {
    enabled     = local.enabled
    delimiter   = local.delimiter
    attributes  = local.attributes
    tags        = local.tags
    label_order = local.order
  })
}
"""


def _text() -> str:
    return CONTEXT + _HANDED_ON + outputs(_OUTPUTS)


ADAPTER = Adapter(module="cloudposse/label/null", majors=(0,), text=_text())
