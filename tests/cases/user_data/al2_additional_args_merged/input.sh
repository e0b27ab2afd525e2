#!/bin/bash -e
printf '#!/bin/bash
export USE_MAX_PODS="false"
export ADDITIONAL_KUBELET_EXTRA_ARGS="--max-pods=50"
' > /etc/profile.d/eks-bootstrap-env.sh
sed -i '/^set -o errexit/a\\nsource /etc/profile.d/eks-bootstrap-env.sh' /etc/eks/bootstrap.sh
sed -i 's/^KUBELET_EXTRA_ARGS="${KUBELET_EXTRA_ARGS:-}/KUBELET_EXTRA_ARGS="${KUBELET_EXTRA_ARGS:-} ${ADDITIONAL_KUBELET_EXTRA_ARGS}/' /etc/eks/bootstrap.sh
