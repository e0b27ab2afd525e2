"""ClusterConfig of eksctl -> World.

What eksctl makes of a setting is read from its source, cited as path:line of github.com/eksctl-io/eksctl at commit
99984adb6164ece593c0728523b7f497ea61d60e.
"""

from podroom.assembly.eksctl.order import with_cni_order
from podroom.assembly.eksctl.worlds import Understood, assemble_eksctl

__all__ = ["Understood", "assemble_eksctl", "with_cni_order"]
