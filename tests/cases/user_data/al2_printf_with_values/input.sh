#!/bin/bash -e
printf '#!/bin/bash
export CONTAINER_RUNTIME="%s"
export USE_MAX_PODS="%s"
export ADDITIONAL_KUBELET_EXTRA_ARGS="%s"
' "containerd" "false" "--max-pods=50" > /etc/profile.d/eks-bootstrap.sh
sed -i '/^set -o errexit/a\\nsource /etc/profile.d/eks-bootstrap.sh' /etc/eks/bootstrap.sh
sed -i 's/^KUBELET_EXTRA_ARGS="${KUBELET_EXTRA_ARGS:-}/KUBELET_EXTRA_ARGS="${KUBELET_EXTRA_ARGS:-} ${ADDITIONAL_KUBELET_EXTRA_ARGS}/' /etc/eks/bootstrap.sh
/etc/eks/bootstrap.sh ⟦var.cluster⟧ --kubelet-extra-args '--node-labels=⟦var.labels⟧'
