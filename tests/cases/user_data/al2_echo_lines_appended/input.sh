#!/bin/bash
echo "export USE_MAX_PODS=false" >> /etc/profile.d/bootstrap.sh
echo -e "export CONTAINER_RUNTIME=containerd\nexport KUBELET_EXTRA_ARGS='--max-pods=44'" | sudo tee -a /etc/profile.d/bootstrap.sh
sed -i '/^set -o errexit/a\\nsource /etc/profile.d/bootstrap.sh' /etc/eks/bootstrap.sh
