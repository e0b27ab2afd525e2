#!/bin/sh
/etc/eks/bootstrap.sh prod --kubelet-extra-args "--max-pods 29 --v=2 --max-pods=58" --use-max-pods true --use-max-pods false
