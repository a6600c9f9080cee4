"""Executes notebooks where they stand; no time and no version of Python gets into them.

usage: execute-notebooks.py NOTEBOOK ..
"""

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


def execute(path):
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(
        notebook,
        kernel_name="python3",
        resources=resources,
        record_timing=False,
        timeout=600,
        startup_timeout=300,
        extra_arguments=["--log-level=ERROR"],
    ).execute()
    notebook.metadata.language_info = {"name": "python"}
    # A reader sees the notebook before, or the one after.
    temporary = path.with_name(f".writing-{path.name}-{os.getpid()}")
    nbformat.write(notebook, temporary)
    temporary.replace(path)


def main():
    for name in sys.argv[1:]:
        try:
            execute(Path(name))
        except CellExecutionError as error:
            sys.exit(f"{name}: {error.ename}: {error.evalue}")
        except (OSError, RuntimeError) as error:
            sys.exit(f"{name}: {error}")
        print(f"picture: {Path(name).parent}/figure.svg")


if __name__ == "__main__":
    main()
