kubectl set env ds aws-node -n kube-system ENABLE_PREFIX_DELEGATION=true
