#!/bin/bash
MAX_PODS=$(/etc/eks/max-pods-calculator.sh --instance-type-from-imds --cni-version 1.18.3 --cni-prefix-delegation-enabled)
/etc/eks/bootstrap.sh ⟦var.cluster⟧ --use-max-pods false --kubelet-extra-args "--max-pods=$MAX_PODS"
