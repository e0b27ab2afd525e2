#!/bin/bash
USE_MAX_PODS=false KUBELET_EXTRA_ARGS='--max-pods=20' /etc/eks/bootstrap.sh prod
