#!/bin/bash
/etc/eks/bootstrap.sh ⟦var.cluster⟧ --use-max-pods ⟦var.use⟧ --kubelet-extra-args '--max-pods=⟦var.max_pods⟧'
