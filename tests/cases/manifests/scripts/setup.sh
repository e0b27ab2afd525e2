#!/bin/bash
set -euo pipefail
TARGET=5
# kubectl set env ds aws-node -n kube-system MAX_ENI=1
kubectl -n kube-system set env daemonset aws-node \
  WARM_IP_TARGET=$TARGET MINIMUM_IP_TARGET="$(minimum)" \
  WARM_PREFIX_TARGET- # back to the default
if [ "$1" = prefixes ]; then
  kubectl set env ds/aws-node -n kube-system ENABLE_PREFIX_DELEGATION=true
fi
kubectl set env daemonset.apps/aws-node -n kube-system -c aws-vpc-cni-init DISABLE_TCP_EARLY_DEMUX=true
kubectl set env deployment/web WARM_ENI_TARGET=9
