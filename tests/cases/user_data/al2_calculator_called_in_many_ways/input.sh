#!/bin/bash
# MAX_PODS=$(/etc/eks/max-pods-calculator.sh --cni-version v1.1.1)
VERSION=v1.9.0
A=$(/etc/eks/max-pods-calculator.sh --instance-type-from-imds --cni-version $VERSION | tail -1)
B=`/etc/eks/max-pods-calculator.sh \
  --cni-version "latest" --instance-type m5.large`
if [ -x ./max-pods-calculator.sh ]; then
  C=$(bash ./max-pods-calculator.sh --instance-type m5.large)
fi
chmod +x /tmp/max-pods-calculator.sh
sudo /tmp/max-pods-calculator.sh --cni-version ⟦var.cni⟧ > /tmp/number
