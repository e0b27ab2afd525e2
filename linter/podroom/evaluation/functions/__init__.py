"""Terraform's functions, each registered under its name with the types of its parameters."""
