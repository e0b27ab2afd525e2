"""Bytes -> syntax trees whose every leaf knows its place."""
