#!/bin/bash
cat <<EOF > /etc/one
ended
EOF
cat <<-TABS > /etc/three
	ended
	TABS
cat <<'EOF' > /etc/two
  text
  EOF
/etc/eks/bootstrap.sh main --kubelet-extra-args --max-pods=20

echo done
