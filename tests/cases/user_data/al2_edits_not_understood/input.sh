#!/bin/bash
sed -i 's/--max-pods=.*/--max-pods=110/' /etc/systemd/system/kubelet.service.d/10-kubelet-args.conf
sed -i '/^KUBELET_EXTRA_ARGS=/s/$/ --max-pods=110/' /etc/eks/bootstrap.sh
sed -i 's/containerd/docker/' /etc/eks/bootstrap.sh
echo "export USE_MAX_PODS=false" >> /etc/profile.d/bootstrap.sh
echo ⟦var.line⟧ >> /etc/eks/bootstrap.sh
curl -sO https://example.com/max-pods-calculator.sh && chmod +x max-pods-calculator.sh
aws s3 cp ⟦var.script⟧ /tmp/setup.sh
bash -c "⟦var.setup⟧"
jq '.maxPods = 110' /etc/kubernetes/kubelet/kubelet-config.json > /tmp/kubelet.json && mv /tmp/kubelet.json /etc/kubernetes/kubelet/kubelet-config.json
