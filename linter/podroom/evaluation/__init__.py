"""Terraform's rules of evaluation, with values that may be unknown; the door is `project`."""
