<powershell>
& $EKSBootstrapScriptFile -EKSClusterName prod -KubeletExtraArgs '--node-labels=⟦var.labels⟧ ⟦var.args⟧'
[Environment]::SetEnvironmentVariable("MAX_PODS", "20")
⟦var.lines⟧
</powershell>
