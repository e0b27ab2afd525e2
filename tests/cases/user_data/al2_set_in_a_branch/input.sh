#!/bin/bash
MAX_PODS=29
[ -e /dev/nvme1n1 ] && MAX_PODS=58
for arg in a b; do LABELS="$LABELS,$arg"; done
/etc/eks/bootstrap.sh prod --use-max-pods false --kubelet-extra-args "--max-pods=$MAX_PODS --node-labels=$LABELS"
