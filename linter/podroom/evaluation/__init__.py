"""Terraform's rules of evaluation, with values that may be unknown; the door is `project`.

As built, beyond the names that were agreed: `load_root(files, directory, options)` takes the root's
folder; a call has `address`, `source_text`, `absent`, `instances()` and `arguments()`; a `Field` has
`decoded()` (what `jsonencode`/`yamlencode` encodes) and `symbol()` (a name of the unknown); `Options`
takes `outputs`, which answers for the outputs of modules whose source is not here (`terms` has the
values to answer with).
"""
