#!/bin/bash
eksctl create cluster -f cluster.yaml
kubectl set env daemonset aws-node -n kube-system ENABLE_PREFIX_DELEGATION=true # expect: PR402
