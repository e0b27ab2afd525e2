"""Ask terraform for the text that each template of a JSON file yields, and write it into the file.

    python tools/refresh_hcl_template_values.py tests/cases/hcl/template-values.json

The file is a list of `{"template": ..., "value": ...}`.  Needs `terraform` on the PATH; nothing is
downloaded, because the configuration that it plans has outputs only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def values(templates: list[str]) -> list[str]:
    """Return what terraform makes of each template, which is the text of an HCL expression."""
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    outputs = [
        f'output "case_{index}" {{\n  value = (\n{template}\n)\n}}\n' for index, template in enumerate(templates)
    ]
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "main.tf").write_bytes("".join(outputs).encode())

        def terraform(*arguments: str) -> str:
            command = ["terraform", *arguments]
            return subprocess.run(
                command, cwd=directory, env=environment, check=True, capture_output=True, text=True
            ).stdout

        terraform("init", "-no-color")
        terraform("plan", "-no-color", "-refresh=false", "-out=plan")
        planned = json.loads(terraform("show", "-json", "plan"))["planned_values"]["outputs"]
    return [planned[f"case_{index}"]["value"] for index in range(len(templates))]


def main(path: Path) -> None:
    """Rewrite the file at `path`."""
    templates = [case["template"] for case in json.loads(path.read_text("utf-8"))]
    lines = [
        json.dumps({"template": template, "value": value})
        for template, value in zip(templates, values(templates), strict=True)
    ]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
