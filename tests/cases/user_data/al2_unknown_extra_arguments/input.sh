#!/bin/bash
⟦var.pre_bootstrap⟧
/etc/eks/bootstrap.sh ⟦var.cluster⟧ ⟦var.bootstrap_extra_args⟧ --kubelet-extra-args '--node-labels=⟦var.labels⟧ ⟦var.kubelet_extra_args⟧'
