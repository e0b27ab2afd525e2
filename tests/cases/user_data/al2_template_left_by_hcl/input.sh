#!/bin/bash -xe
# sets `max-pods` for $INSTANCE_TYPE
function log() { echo "max pods: $1"; }
TOKEN=$(curl -s -X PUT "http://169.254.169.254/latest/api/token" -H "X-aws-ec2-metadata-token-ttl-seconds: 60")
INSTANCE_TYPE=$(curl -s -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/latest/meta-data/instance-type)
case "$INSTANCE_TYPE" in
  m5.*) MAX_PODS=58 ;;
  *) MAX_PODS=29 ;;
esac
log "$MAX_PODS"
/etc/eks/bootstrap.sh prod --kubelet-extra-args "--max-pods=$MAX_PODS"
