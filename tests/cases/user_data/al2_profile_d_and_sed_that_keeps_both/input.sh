#!/bin/bash
cat <<-EOF > /etc/profile.d/bootstrap.sh
export KUBELET_EXTRA_ARGS="--max-pods=110"
EOF
sed -i '/^set -o errexit/a\\nsource /etc/profile.d/bootstrap.sh' /etc/eks/bootstrap.sh
sed -i 's/KUBELET_EXTRA_ARGS=$2/KUBELET_EXTRA_ARGS="$2 $KUBELET_EXTRA_ARGS"/' /etc/eks/bootstrap.sh
