#!/bin/bash
set -o xtrace
/etc/eks/bootstrap.sh ⟦aws_eks_cluster.this.name⟧ \
  --apiserver-endpoint '⟦aws_eks_cluster.this.endpoint⟧' \
  --b64-cluster-ca '⟦aws_eks_cluster.this.certificate_authority⟧' \
  --use-max-pods false \
  --kubelet-extra-args '--node-labels=team=search,image=⟦data.aws_ami.eks.id⟧ --max-pods=58' # not --max-pods=99
