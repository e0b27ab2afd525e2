#!/bin/bash
cat > /etc/eks/node-config.yaml <<NODECONFIG
---
apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  cluster: {name: "⟦var.name⟧", apiServerEndpoint: "⟦var.endpoint⟧"}
  kubelet:
    flags: ["--max-pods=⟦var.max_pods⟧"]
NODECONFIG
nodeadm init --config-source file:///etc/eks/node-config.yaml
