#!/bin/sh
sed -i '/^set -o nounset/a export KUBELET_EXTRA_ARGS="--max-pods=20"' /etc/eks/bootstrap.sh
sed -i -e 's/USE_MAX_PODS:-true/USE_MAX_PODS:-false/' /etc/eks/bootstrap.sh
