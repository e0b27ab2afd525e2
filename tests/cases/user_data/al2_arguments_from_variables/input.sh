#!/bin/bash -xe
CLUSTER=⟦local.name⟧
MAX_PODS="58"
LABELS=lifecycle=spot,pool="${POOL:-default}"
KUBELET_ARGS="--node-labels=$LABELS --max-pods=${MAX_PODS}"
export USE_MAX_PODS=false
sudo -E /etc/eks/bootstrap.sh "$CLUSTER" --kubelet-extra-args "${KUBELET_ARGS}"
