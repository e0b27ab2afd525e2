"""Configurations that the examples of several rules for Karpenter begin with."""

from __future__ import annotations

CLUSTER = """
resource "aws_eks_cluster" "main" {
  name = "main"
  vpc_config {
    subnet_ids = []
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name = aws_eks_cluster.main.name
  addon_name   = "vpc-cni"
}

resource "helm_release" "karpenter" {
  name       = "karpenter"
  repository = "oci://public.ecr.aws/karpenter"
  chart      = "karpenter"
  values = [yamlencode({
    settings = {
      clusterName = "main"%s
    }
  })]
}
"""
"""A cluster with Karpenter; `%s` stands for more of its chart's settings."""

POOL = """
apiVersion: karpenter.sh/v1
kind: NodePool
metadata:
  name: default
spec:
  template:
    spec:
      nodeClassRef:
        group: karpenter.k8s.aws
        kind: EC2NodeClass
        name: default
      requirements:
        - key: node.kubernetes.io/instance-type
          operator: In
          values: ["m5.large", "m5.xlarge"]
---
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata:
  name: default
spec:
  amiSelectorTerms:
    - alias: %s@latest
%s"""
"""A pool and its node class: the family of its AMI, and more of its specification."""
