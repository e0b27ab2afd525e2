"""Writes configurations to measure podroom with: the same bytes every time, shaped like what companies have.

A public Terraform file has 2.4 kB on average (10,442 distinct ones from GitHub, 24.6 MB); so have the files here.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

ROOT_FILES = 50
MANIFESTS = 10_000
_MANIFEST = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels:
    app.kubernetes.io/name: {name}
    app.kubernetes.io/instance: "{number}"
spec:
  replicas: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: {name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: {name}
    spec:
      nodeSelector:
        alpha.eksctl.io/nodegroup-name: general
      containers:
        - name: main
          image: registry.example.com/{name}:1.{number}
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
          readinessProbe:
            httpGet:
              path: /ready
              port: 8080
"""
MODULES = {
    "vpc": ("terraform-aws-modules/vpc/aws", "6.6.0"),
    "eks": ("terraform-aws-modules/eks/aws", "21.19.0"),
}
"""Modules that the EKS root calls, by the name of the call: where the registry has them, and the version."""

_VERSIONS = """\
terraform {
  required_version = ">= 1.6"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}
"""

_VARIABLES = """\
variable "region" {
  description = "Where everything stands."
  type        = string
  default     = "eu-central-1"
}

variable "name" {
  description = "Prefix of all names."
  type        = string
  default     = "platform"
  validation {
    condition     = length(var.name) < 20 && can(regex("^[a-z-]+$", var.name))
    error_message = "Lower case letters and hyphens only, fewer than 20."
  }
}

variable "vpc_cidr" {
  type    = string
  default = "10.40.0.0/16"
}

variable "node_groups" {
  type = map(object({
    instance_type = string
    min_size      = optional(number, 1)
    max_size      = optional(number, 10)
    max_pods      = optional(number)
    labels        = optional(map(string), {})
  }))
  default = {
    general = { instance_type = "m6i.xlarge", max_size = 12 }
    batch   = { instance_type = "c6i.2xlarge", max_size = 30, labels = { workload = "batch" } }
    system  = { instance_type = "t3.large", min_size = 3, max_pods = 35 }
  }
}

variable "teams" {
  type    = list(string)
  default = ["payments", "search", "orders"]
}

variable "endpoint_public_access" {
  type    = bool
  default = false
}
"""

_LOCALS = """\
data "aws_availability_zones" "available" {
  state = "available"
}

locals {
  azs     = slice(data.aws_availability_zones.available.names, 0, 3)
  private = [for index in range(3) : cidrsubnet(var.vpc_cidr, 4, index)]
  public  = [for index in range(3) : cidrsubnet(var.vpc_cidr, 8, 240 + index)]
  cluster = "${var.name}-${terraform.workspace}"
  tags = {
    Environment = terraform.workspace
    Owner       = "platform"
    Repository  = "platform-infrastructure"
  }
}
"""

_NETWORK = """\
resource "aws_vpc" "this" {
  cidr_block           = var.vpc_cidr
  enable_dns_hostnames = true
  tags                 = merge(local.tags, { Name = local.cluster })
}

resource "aws_subnet" "private" {
  count             = 3
  vpc_id            = aws_vpc.this.id
  availability_zone = local.azs[count.index]
  cidr_block        = local.private[count.index]
  tags              = merge(local.tags, { Name = "${local.cluster}-private-${count.index}" })
}

resource "aws_subnet" "public" {
  count                   = 3
  vpc_id                  = aws_vpc.this.id
  availability_zone       = local.azs[count.index]
  cidr_block              = local.public[count.index]
  map_public_ip_on_launch = true
}
"""

_CLUSTER = """\
resource "aws_eks_cluster" "this" {
  name     = local.cluster
  version  = "1.33"
  role_arn = aws_iam_role.cluster.arn

  vpc_config {
    subnet_ids             = aws_subnet.private[*].id
    endpoint_public_access = var.endpoint_public_access
  }
}

resource "aws_iam_role" "cluster" {
  name = "${local.cluster}-cluster"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "eks.amazonaws.com" } }]
  })
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name = aws_eks_cluster.this.name
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = { ENABLE_PREFIX_DELEGATION = "false", WARM_IP_TARGET = "2", MINIMUM_IP_TARGET = "10" }
  })
}
"""

_NODES = """\
resource "aws_launch_template" "nodes" {
  for_each      = var.node_groups
  name          = "${local.cluster}-${each.key}"
  instance_type = each.value.instance_type
  user_data = each.value.max_pods == null ? null : base64encode(templatefile("${path.module}/nodes.sh.tftpl", {
    cluster  = aws_eks_cluster.this.name
    max_pods = each.value.max_pods
  }))
}

resource "aws_eks_node_group" "this" {
  for_each        = var.node_groups
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = each.key
  node_role_arn   = aws_iam_role.nodes.arn
  subnet_ids      = aws_subnet.private[*].id
  labels          = each.value.labels

  launch_template {
    id      = aws_launch_template.nodes[each.key].id
    version = aws_launch_template.nodes[each.key].latest_version
  }

  scaling_config {
    min_size     = each.value.min_size
    max_size     = each.value.max_size
    desired_size = each.value.min_size
  }
}

resource "aws_iam_role" "nodes" {
  name               = "${local.cluster}-nodes"
  assume_role_policy = data.aws_iam_policy_document.nodes.json
}

data "aws_iam_policy_document" "nodes" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}
"""

_USER_DATA = """\
#!/bin/bash
set -euo pipefail
sysctl -w net.core.somaxconn=4096
/etc/eks/bootstrap.sh ${cluster} --use-max-pods false --kubelet-extra-args '--max-pods=${max_pods}'
"""

_MODULE_CALLS = """\
module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 6.0"

  name               = local.cluster
  cidr               = var.vpc_cidr
  azs                = local.azs
  private_subnets    = local.private
  public_subnets     = local.public
  enable_nat_gateway = true
  single_nat_gateway = false
  tags               = local.tags
}

module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> 21.0"

  name                   = local.cluster
  kubernetes_version     = "1.33"
  endpoint_public_access = var.endpoint_public_access
  vpc_id                 = module.vpc.vpc_id
  subnet_ids             = module.vpc.private_subnets
  tags                   = local.tags

  addons = {
    coredns    = {}
    kube-proxy = {}
    vpc-cni = {
      before_compute       = true
      configuration_values = jsonencode({ env = { WARM_IP_TARGET = "2", MINIMUM_IP_TARGET = "10" } })
    }
  }

  eks_managed_node_groups = {
    for name, group in var.node_groups : name => {
      instance_types = [group.instance_type]
      min_size       = group.min_size
      max_size       = group.max_size
      desired_size   = group.min_size
      labels         = group.labels
    }
  }
}
"""

_SERVICE = """\
# NAME: bucket, queue and database of one service.

variable "NAME_retention_days" {
  description = "How long NAME keeps what it was given."
  type        = number
  default     = 30
}

locals {
  NAME_name = "${var.name}-NAME"
  NAME_alarms = {
    high_cpu  = { metric = "CPUUtilization", threshold = 80, period = 300 }
    few_space = { metric = "FreeStorageSpace", threshold = 10 * 1024 * 1024 * 1024, period = 600 }
  }
}

resource "aws_s3_bucket" "NAME" {
  bucket        = "${local.NAME_name}-${terraform.workspace}"
  force_destroy = terraform.workspace != "production"
  tags          = merge(local.tags, { Service = "NAME" })
}

resource "aws_s3_bucket_lifecycle_configuration" "NAME" {
  bucket = aws_s3_bucket.NAME.id
  rule {
    id     = "expire"
    status = "Enabled"
    expiration {
      days = var.NAME_retention_days
    }
  }
}

resource "aws_sqs_queue" "NAME" {
  for_each                   = toset(["events", "commands", "dead-letters"])
  name                       = "${local.NAME_name}-${each.key}"
  visibility_timeout_seconds = each.key == "dead-letters" ? 300 : 60
  tags                       = local.tags
}

data "aws_iam_policy_document" "NAME" {
  statement {
    sid       = "Objects"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.NAME.arn}/*"]
  }
  dynamic "statement" {
    for_each = aws_sqs_queue.NAME
    content {
      actions   = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"]
      resources = [statement.value.arn]
    }
  }
}

resource "aws_iam_policy" "NAME" {
  name   = local.NAME_name
  policy = data.aws_iam_policy_document.NAME.json
}

resource "aws_cloudwatch_metric_alarm" "NAME" {
  for_each            = local.NAME_alarms
  alarm_name          = "${local.NAME_name}-${replace(each.key, "_", "-")}"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 2
  metric_name         = each.value.metric
  threshold           = each.value.threshold
  period              = each.value.period
  alarm_description   = <<-TEXT
    ${local.NAME_name} needs somebody.
    Runbook: https://runbooks.example.com/NAME/${each.key}
  TEXT
}

output "NAME_bucket" {
  value = aws_s3_bucket.NAME.bucket
}
"""

_ARGUMENTS = """\
variable "cluster" { type = string }
variable "name" { type = string }
variable "subnet_ids" { type = list(string) }
variable "instance_type" { type = string }
"""

_POOL = """\
variable "max_size" {
  type    = number
  default = 5
}

locals {
  labels = { pool = var.name, cluster = var.cluster }
}

resource "aws_launch_template" "this" {
  name          = "${var.cluster}-${var.name}"
  instance_type = var.instance_type
}

resource "aws_eks_node_group" "this" {
  cluster_name    = var.cluster
  node_group_name = var.name
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = var.subnet_ids
  labels          = local.labels
  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }
  scaling_config {
    min_size     = 1
    max_size     = var.max_size
    desired_size = 1
  }
}

output "name" {
  value = aws_eks_node_group.this.node_group_name
}
"""

_CALL = """
module "below" {
  source        = "SOURCE"
  count         = COUNT
  cluster       = CLUSTER
  name          = "NAME-${count.index}"
  subnet_ids    = SUBNETS
  instance_type = TYPE
}

output "name" {
  value = join(",", module.below[*].name)
}
"""

_POOL_CALL = """\
module "pool" {
  source        = "./modules/pool"
  count         = COUNT
  cluster       = aws_eks_cluster.this.name
  name          = "pool-${count.index}"
  subnet_ids    = aws_subnet.private[*].id
  instance_type = count.index % 2 == 0 ? "m6i.large" : "c6i.xlarge"
}
"""


def write_eks_root(folder: Path, files: int = ROOT_FILES) -> None:
    """Write one root module: a cluster of plain resources, and files of services beside it."""
    _write_root(folder, files, {"network.tf": _NETWORK, "cluster.tf": _CLUSTER, "nodes.tf": _NODES})
    _write(folder / "nodes.sh.tftpl", _USER_DATA)


def write_one_file(folder: Path) -> None:
    """Write one root module in one file: the same cluster, without the services."""
    parts = (_VERSIONS, _VARIABLES, _LOCALS, _NETWORK, _CLUSTER, _NODES)
    _write(folder / "main.tf", "\n".join(parts))
    _write(folder / "nodes.sh.tftpl", _USER_DATA)


def write_root_with_modules(folder: Path, sources: Path, files: int = ROOT_FILES) -> int:
    """Write one root module that calls downloaded modules; return the number of all .tf files.

    `sources` holds the real modules, each in a folder with the name of its call; they are laid where `terraform
    init` puts them.
    """
    _write_root(folder, files, {"modules.tf": _MODULE_CALLS})
    downloaded = folder / ".terraform" / "modules"
    entries = [{"Key": "", "Source": "", "Dir": "."}]
    for name, (address, version) in MODULES.items():
        target = downloaded / name
        shutil.copytree(sources / name, target, ignore=shutil.ignore_patterns(".git"))
        source = f"registry.terraform.io/{address}"
        entries.append({"Key": name, "Source": source, "Version": version, "Dir": f".terraform/modules/{name}"})
        entries += [
            {"Key": f"{name}.{key}", "Source": call, "Dir": f".terraform/modules/{name}/{inner}"}
            for key, call, inner in _INNER_CALLS
            if (target / inner).is_dir() and name == "eks"
        ]
    _write(downloaded / "modules.json", json.dumps({"Modules": entries}))
    return sum(1 for _ in folder.rglob("*.tf"))


_INNER_CALLS = (
    ("eks_managed_node_group", "./modules/eks-managed-node-group", "modules/eks-managed-node-group"),
    ("eks_managed_node_group.user_data", "../_user_data", "modules/_user_data"),
    ("self_managed_node_group", "./modules/self-managed-node-group", "modules/self-managed-node-group"),
    ("self_managed_node_group.user_data", "../_user_data", "modules/_user_data"),
    ("fargate_profile", "./modules/fargate-profile", "modules/fargate-profile"),
)


def write_monorepo(folder: Path, files: int) -> None:
    """Write many root modules: a tenth of the files belong to EKS roots, the others to services without Kubernetes."""
    (folder / ".git").mkdir(parents=True)
    eks_files, service_files = 25, 9
    eks_roots = files // 10 // eks_files
    for number in range(eks_roots):
        write_eks_root(folder / "clusters" / f"cluster-{number:03}", eks_files)
    rest = files - eks_roots * eks_files
    number = 0
    while rest > 0:
        written = min(rest, service_files)
        _write_root(folder / "services" / f"service-{number:03}", written, {})
        rest -= written
        number += 1


def write_manifests(folder: Path, files: int = MANIFESTS) -> None:
    """Write manifests of Kubernetes that have nothing to do with the network of nodes, and one Terraform file."""
    _write(folder / "main.tf", "")
    for number in range(files):
        name = f"service-{number % 100}"
        text = _MANIFEST.format(name=name, number=number)
        _write(folder / name / f"overlay-{number // 1000}" / f"deployment-{number}.yaml", text)


def write_cluster_config(folder: Path, groups: int) -> None:
    """Write a ClusterConfig of eksctl with so many node groups, all in the same three subnets."""
    head = "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: main, region: eu-west-1}\n"
    group = "  - name: group-{}\n    instanceTypes: [m5.large, m5.xlarge]\n    maxSize: 5\n    maxPodsPerNode: 29\n"
    _write(folder / "cluster.yaml", f"{head}managedNodeGroups:\n{''.join(map(group.format, range(groups)))}")


def write_node_pools(folder: Path, pools: int) -> None:
    """Write NodePools of Karpenter, each with a node class of its own."""
    documents = "---\n".join(_NODE_POOL.format(number) for number in range(pools))
    _write(folder / "pools.yaml", documents)


_NODE_POOL = """\
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {{name: pool-{0}}}
spec:
  template:
    spec:
      nodeClassRef: {{group: karpenter.k8s.aws, kind: EC2NodeClass, name: class-{0}}}
      requirements:
        - {{key: node.kubernetes.io/instance-type, operator: In, values: [m5.large]}}
---
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {{name: class-{0}}}
spec:
  amiSelectorTerms: [{{alias: al2023@latest}}]
"""


def write_nested_modules(folder: Path, instances: int) -> None:
    """Write one root module with modules nested five deep, so many (hundreds) of the innermost, each a node group.

    region -> team (10 in each) -> workload (5) -> fleet (2) -> pool (1); each passes on what it is given.
    """
    _write_root(folder, 8, {"network.tf": _NETWORK, "cluster.tf": _CLUSTER})
    call = _CALL.replace("CLUSTER", "aws_eks_cluster.this.name").replace("SUBNETS", "aws_subnet.private[*].id")
    call = call.replace("NAME", "all").replace("TYPE", '"m6i.large"')
    _write(folder / "platform.tf", call.replace("SOURCE", "./modules/region").replace("COUNT", str(instances // 100)))
    inner = _CALL.replace("CLUSTER", "var.cluster").replace("SUBNETS", "var.subnet_ids").replace("NAME", "${var.name}")
    inner = inner.replace("TYPE", 'count.index % 2 == 0 ? var.instance_type : "c6i.xlarge"')
    levels = (("region", "team", 10), ("team", "workload", 5), ("workload", "fleet", 2), ("fleet", "pool", 1))
    for name, below, count in levels:
        text = inner.replace("SOURCE", f"../{below}").replace("COUNT", str(count))
        _write(folder / "modules" / name / "main.tf", _ARGUMENTS + text)
    _write(folder / "modules" / "pool" / "main.tf", _ARGUMENTS + _POOL)


def write_module_instances(folder: Path, instances: int) -> None:
    """Write one root module that calls a module with a node group so many times."""
    _write_root(folder, 8, {"network.tf": _NETWORK, "cluster.tf": _CLUSTER})
    _write(folder / "pools.tf", _POOL_CALL.replace("COUNT", str(instances)))
    _write(folder / "modules" / "pool" / "main.tf", _ARGUMENTS + _POOL)


def _write_root(folder: Path, files: int, special: dict[str, str]) -> None:
    common = {"versions.tf": _VERSIONS, "variables.tf": _VARIABLES, "locals.tf": _LOCALS}
    texts = {**common, **special, **dict(_services(files - len(common) - len(special)))}
    for name, text in list(texts.items())[:files]:
        _write(folder / name, text)


def _services(files: int) -> Iterator[tuple[str, str]]:
    for number in range(files):
        name = f"service_{number:04}"
        yield f"{name}.tf", _SERVICE.replace("NAME", name)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
