#!/bin/bash
aws eks create-addon --cluster-name main --addon-name vpc-cni \
  --configuration-values '{"env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_IP_TARGET": "5"}}'

if [ "$1" = "karpenter" ]; then
  helm upgrade --install karpenter oci://public.ecr.aws/karpenter/karpenter --version "${VERSION}" \
    --namespace kube-system --set "settings.clusterName=main,settings.reservedENIs=1" --wait
fi

cat <<EOM | envsubst | kubectl apply -f -
apiVersion: karpenter.sh/v1
kind: NodePool
metadata:
  name: default
spec:
  template:
    spec:
      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}
      requirements:
        - {key: node.kubernetes.io/instance-type, operator: In, values: [m5.large, "${OTHER_TYPE}"]}
---
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata:
  name: default
spec:
  amiSelectorTerms: [{alias: "al2023@${ALIAS}"}]
  kubelet: {maxPods: 58}
EOM
