#!/bin/bash
set -a
USE_MAX_PODS=false
OTHER=--max-pods=1
unset OTHER
set +e
cat > /tmp/env <<'EOF'
KUBELET_EXTRA_ARGS="--v=2"
KUBELET_EXTRA_ARGS+=" --max-pods=33"
EOF
. /tmp/env
(KUBELET_EXTRA_ARGS=--max-pods=99)
join() {
  echo joining with --max-pods
}
while read -r line; do echo "$line"; done < /proc/mounts
sudo env AWS_REGION=eu-west-1 /etc/eks/bootstrap.sh prod || exit 1
