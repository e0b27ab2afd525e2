"""The arguments that every module of cloudposse takes, and the name that they make.

Facts from cloudposse/label/null 0.25.0, Apache License 2.0: https://github.com/cloudposse/terraform-null-label
"""

from __future__ import annotations

from podroom.adapters.hcl import variables

_NAMES = ("namespace", "tenant", "environment", "stage", "name")

_DEFAULTS = {
    "context": "{}",
    "enabled": "null",
    **dict.fromkeys(_NAMES, "null"),
    "delimiter": "null",
    "attributes": "[]",
    "tags": "{}",
    "label_order": "null",
}

CONTEXT = (
    variables(_DEFAULTS)
    + """
locals {
  enabled    = try(coalesce(var.enabled, try(var.context.enabled, null)), true)
  delimiter  = try(coalesce(var.delimiter, try(var.context.delimiter, null)), "-")
  order      = try(coalescelist(var.label_order, []), coalescelist(var.context.label_order, []), local.usual_order)
  attributes = distinct(concat(try(coalesce(var.context.attributes, []), []), var.attributes))
  tags       = merge(try(var.context.tags, {}), var.tags)

  usual_order = ["namespace", "tenant", "environment", "stage", "name", "attributes"]

  label = {
"""
    + "".join(f"    {name} = try(coalesce(var.{name}, try(var.context.{name}, null)), null)\n" for name in _NAMES)
    + """  }

  label_parts = { for name, text in local.label : name => text == null ? "" : lower(text) }

  id = join(local.delimiter, compact(flatten([
    for name in local.order : name == "attributes" ? local.all_attributes : [local.label_parts[name]]
  ])))
  generated_tags = {
    for key, text in merge(local.label_parts, {
      name       = local.id
      attributes = join(local.delimiter, local.all_attributes)
    }) : title(key) => text if text != ""
  }
  all_attributes = [for attribute in concat(local.attributes, local.own_attributes) : lower(attribute)]
}
"""
)
"""HCL: the arguments, `local.enabled`, `local.id`, `local.delimiter`, `local.tags` and the tags
that the names make, `local.generated_tags`.

It needs `local.own_attributes`, the words that a module adds to its own name.
"""
