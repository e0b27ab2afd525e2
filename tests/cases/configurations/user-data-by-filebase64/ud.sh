#!/bin/bash
set -o xtrace
/etc/eks/bootstrap.sh c --kubelet-extra-args "--max-pods=58 --kube-reserved cpu=250m" # expect: PR101
