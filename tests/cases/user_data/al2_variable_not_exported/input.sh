#!/bin/bash
KUBELET_EXTRA_ARGS='--max-pods=20'
USE_MAX_PODS=false
/etc/eks/bootstrap.sh prod
