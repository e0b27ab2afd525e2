#!/bin/bash
if [ "$(uname -m)" = aarch64 ]; then
  /etc/eks/bootstrap.sh prod --use-max-pods false --kubelet-extra-args '--max-pods=110'
else
  /etc/eks/bootstrap.sh prod
fi
