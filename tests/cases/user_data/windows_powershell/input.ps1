<powershell>
# --max-pods=20 would be too few
[string]$EKSBootstrapScriptFile = "$env:ProgramFiles\Amazon\EKS\Start-EKSBootstrap.ps1"
& $EKSBootstrapScriptFile -EKSClusterName "⟦var.name⟧" -APIServerEndpoint "⟦var.endpoint⟧" -KubeletExtraArgs "--max-pods=60 --node-labels=os=windows" 3>&1 4>&1
</powershell>
