#!/bin/sh
# Without -c it is given to both containers, and the one that reads it has it.
kubectl set env daemonset aws-node -n kube-system DISABLE_TCP_EARLY_DEMUX=true # expect: PR311
kubectl set env daemonset aws-node -n kube-system HTTP_PROXY=http://10.0.0.1:3128
kubectl set env daemonset aws-node -n kube-system AWS_VPC_K8S_CNI_MTU=8500 # expect: PR307
