#!/bin/bash
export KUBELET_EXTRA_ARGS="--max-pods=20"
/etc/eks/bootstrap.sh prod --kubelet-extra-args --max-pods=30 --kubelet-extra-args "--node-labels=a=b"
