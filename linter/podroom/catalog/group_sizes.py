"""How large a node group can be."""

LARGEST_SIZE = 2**31 - 1
"""The largest number that sizes in the API of Amazon EKS and EC2 Auto Scaling can be, which are Integers.

https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupScalingConfig.html
"""
