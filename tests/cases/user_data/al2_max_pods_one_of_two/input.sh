#!/bin/bash
/etc/eks/bootstrap.sh ⟦var.cluster⟧ --use-max-pods false --kubelet-extra-args '--max-pods=⟦58|110⟧ ⟦--v=2|--v=3⟧'
