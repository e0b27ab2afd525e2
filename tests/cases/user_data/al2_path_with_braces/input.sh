#!/bin/bash
cat > '/opt/{cluster}/max-po{yaml' <<EOT
maxPods: 58
EOT
/etc/eks/bootstrap.sh main
