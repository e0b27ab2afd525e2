from __future__ import annotations

import os

# The job `hooks` of tools/run_tests.py runs these, and says where the environment is that has pre-commit.
collect_ignore_glob = [] if "HOOKS_BINARIES" in os.environ else ["test_*.py"]
