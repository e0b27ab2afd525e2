from __future__ import annotations

import os

# The job `checkov` of tools/run_tests.py runs these, and says where the environment is that has Checkov.
collect_ignore_glob = [] if "CHECKOV_BINARIES" in os.environ else ["test_*.py"]
