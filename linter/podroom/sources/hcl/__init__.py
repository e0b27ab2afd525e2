"""HCL's native syntax: the tree, the parser, and python-hcl2 as another way to the same tree."""
