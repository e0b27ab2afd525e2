kubectl set env ds aws-node -n kube-system WARM_IP_TARGET=2 MINIMUM_IP_TARGET=10 WARM_PREFIX_TARGET=3 MAX_ENI=4
