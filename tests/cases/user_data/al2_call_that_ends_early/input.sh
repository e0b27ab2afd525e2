#!/bin/bash
/etc/eks/bootstrap.sh prod --use-max-pods
exit 0
/etc/eks/bootstrap.sh prod --kubelet-extra-args --max-pods=5
