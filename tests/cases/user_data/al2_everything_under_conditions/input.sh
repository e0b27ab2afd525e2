#!/bin/bash
if [ -f /etc/eks/release ]; then
  sed -i 's/KUBELET_EXTRA_ARGS=$2/KUBELET_EXTRA_ARGS="$2 --max-pods=142"/' /etc/eks/bootstrap.sh
  echo 'spec: {kubelet: {config: {maxPods: 5}}}' > /etc/eks/nodeadm.d/a.yaml
fi
source /etc/environment
eval "$(curl -s https://example.com/settings)"
/etc/eks/bootstrap.sh prod --kubelet-extra-args "$EXTRA --max-pods"
date > "/etc/eks/nodeadm.d/b.yaml"
