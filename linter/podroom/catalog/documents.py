"""The documents and lines of code that podroom's facts and formulas come from, under short names."""

from __future__ import annotations

_CNI = "https://github.com/aws/amazon-vpc-cni-k8s/blob/b52188387"
_AMI = "https://github.com/awslabs/amazon-eks-ami/blob/81fec2e8"
_AMI_AL2 = "https://github.com/awslabs/amazon-eks-ami/blob/v20260304"
_KARPENTER = "https://github.com/aws/karpenter-provider-aws/blob/1d927085d"
_RESOURCE_CONTROLLER = "https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/b8d4251"
_BOTTLEROCKET = "https://github.com/bottlerocket-os/bottlerocket-core-kit/blob/a10182f9"
_USER_GUIDE = "https://docs.aws.amazon.com/eks/latest/userguide"
_EC2_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"

CNI_README = f"{_CNI}/README.md"
CNI_IPAMD = f"{_CNI}/pkg/ipamd/ipamd.go"
CNI_ENI_CONFIG = f"{_CNI}/pkg/eniconfig/eniconfig.go"
CNI_ENTRYPOINT = f"{_CNI}/cmd/aws-vpc-cni/main.go"
CNI_PLUGIN = f"{_CNI}/cmd/routed-eni-cni-plugin/cni.go"
CNI_NETWORK = f"{_CNI}/pkg/networkutils/network.go"
CNI_AWSUTILS = f"{_CNI}/pkg/awsutils/awsutils.go"
CNI_SESSION = f"{_CNI}/pkg/awsutils/awssession/session.go"
CNI_UTILITIES = f"{_CNI}/utils/utils.go"
CNI_MAX_PODS_LIST = f"{_CNI}/misc/eni-max-pods.txt"
CNI_MANIFEST = f"{_CNI}/config/master/aws-k8s-cni.yaml"
CNI_CHART_VALUES = f"{_CNI}/charts/aws-vpc-cni/values.yaml"
CNI_CHART_DAEMON_SET = f"{_CNI}/charts/aws-vpc-cni/templates/daemonset.yaml"
CNI_PREFIX_TARGETS = f"{_CNI}/docs/prefix-and-ip-target.md"
CNI_ENI_TARGETS = f"{_CNI}/docs/eni-and-ip-target.md"
CNI_TRUNK_GIVES_NO_ADDRESSES = "https://github.com/aws/amazon-vpc-cni-k8s/pull/2801"
CNI_TRUNK_SLOT_OF_INCOMPATIBLE_TYPES = "https://github.com/aws/amazon-vpc-cni-k8s/pull/3250"
CNI_POOL_CAPPED_BY_MAX_PODS = "https://github.com/aws/amazon-vpc-cni-k8s/pull/2745"
CNI_IMDS = f"{_CNI}/docs/troubleshooting.md#imds"
CNI_LIVELOCK = "https://github.com/aws/amazon-vpc-cni-k8s/issues/2807"
CNI_HOST_NETWORK_PODS = "https://github.com/aws/amazon-vpc-cni-k8s/issues/890"

MAX_PODS_CALCULATOR = f"{_AMI_AL2}/templates/al2/runtime/max-pods-calculator.sh"
MAX_PODS_CALCULATOR_DOWNLOAD = (
    "https://raw.githubusercontent.com/awslabs/amazon-eks-ami/v20260304/templates/al2/runtime/max-pods-calculator.sh"
)
AL2_BOOTSTRAP = f"{_AMI_AL2}/templates/al2/runtime/bootstrap.sh"
NODEADM_MAX_PODS = f"{_AMI}/nodeadm/internal/kubelet/eni_max_pods.go"
NODEADM_CONFIG = f"{_AMI}/nodeadm/internal/kubelet/config.go"
BOTTLEROCKET_USER_DATA = f"{_BOTTLEROCKET}/sources/early-boot-config/early-boot-config-provider/src/settings.rs"
BOTTLEROCKET_PLUTO = f"{_BOTTLEROCKET}/sources/api/pluto/src/main.rs"
KUBERNETES_ENV_VAR = "https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.33/#envvar-v1-core"
KUBELET_CONFIGURATION = "https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/"

KARPENTER_INSTANCE_TYPES = f"{_KARPENTER}/pkg/providers/instancetype/types.go"
KARPENTER_PROVISIONER_DEFAULTS = (
    "https://github.com/aws/karpenter-provider-aws/blob/v0.31.0/pkg/apis/v1alpha5/provisioner.go"
)
KARPENTER_REQUIREMENTS = "https://github.com/kubernetes-sigs/karpenter/blob/2266468/pkg/scheduling/requirement.go"
KARPENTER_BOTTLEROCKET = f"{_KARPENTER}/pkg/providers/amifamily/bottlerocket.go"
KARPENTER_NODE_CLASS_SCHEMA = (
    "https://github.com/aws/karpenter-provider-aws/blob/v1.14.1/pkg/apis/crds/karpenter.k8s.aws_ec2nodeclasses.yaml"
)
KARPENTER_NODE_CLASS_VALIDATION = f"{_KARPENTER}/pkg/controllers/nodeclass/validation.go"
KARPENTER_USER_DATA = f"{_KARPENTER}/pkg/providers/amifamily/bootstrap/nodeadm.go"
KARPENTER_SETTINGS = f"{_KARPENTER}/website/content/en/docs/reference/settings.md"
RESOURCE_CONTROLLER_LIMITS = f"{_RESOURCE_CONTROLLER}/pkg/aws/vpc/limits.go"
RESOURCE_CONTROLLER_WINDOWS = f"{_RESOURCE_CONTROLLER}/docs/windows/prefix_delegation_config_options.md"

EKS_MAX_PODS = f"{_USER_GUIDE}/choosing-instance-type.html"
EKS_MANAGED_NODE_GROUP = f"{_USER_GUIDE}/create-managed-node-group.html"
EKS_MANAGED_NODE_UPDATE = f"{_USER_GUIDE}/managed-node-update-behavior.html"
EKS_NETWORK_REQUIREMENTS = f"{_USER_GUIDE}/network-reqs.html"
EKS_AUTO_MODE_NETWORKING = f"{_USER_GUIDE}/auto-networking.html"
EKS_SECURITY_GROUPS_FOR_PODS = f"{_USER_GUIDE}/security-groups-for-pods.html"
EKS_ADD_ON_CONFIGURATION = "https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeAddonConfiguration.html"
EKS_ADD_ON_SCHEMA = "https://github.com/aws/amazon-vpc-cni-k8s/issues/3059"
EKS_CNI_VERSIONS = f"{_USER_GUIDE}/managing-vpc-cni.html"
EKS_UPDATE_ADD_ON = "https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateAddon.html"
EKS_NODEGROUP_API = "https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html"

EC2_CREATE_SUBNET = f"{_EC2_API}/API_CreateSubnet.html"
EC2_PREFIXES = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html"

LOAD_BALANCER_SUBNETS = "https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery/"
ELASTIC_LOAD_BALANCING_SUBNETS = (
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html"
)
EC2_CIDR_RESERVATIONS = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html"
