#!/bin/bash
set -ex
# raise max-pods one day: --max-pods=110
B64_CLUSTER_CA=⟦module.eks.cluster_certificate_authority_data⟧
API_SERVER_URL=⟦module.eks.cluster_endpoint⟧
yum install -y ⟦var.packages⟧
echo "max pods stays as it is for ⟦var.name⟧"
/etc/eks/bootstrap.sh ⟦module.eks.cluster_name⟧ --b64-cluster-ca $B64_CLUSTER_CA --apiserver-endpoint $API_SERVER_URL
