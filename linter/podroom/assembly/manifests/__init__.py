"""Kubernetes manifests and Helm values -> parts of a World, wherever they are written."""
