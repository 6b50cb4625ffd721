"""A build backend of one file, so that the scripts can be tried without the network."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path

MAIN = "import sys\n\n\ndef main():\n    print('wirecopy', *sys.argv[1:])\n"


def write_wheel(folder: Path, name: str, files: dict[str, str]) -> Path:
    """A wheel of that name and version 1 with these modules; `wirecopy` gets its command."""
    info = f"{name}-1.dist-info"
    files = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if name == "wirecopy":
        files[f"{info}/entry_points.txt"] = "[console_scripts]\nwirecopy = tiny_wirecopy:main\n"
    lines = []
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        lines.append(f"{path},sha256={digest.decode()},{len(text.encode())}\n")
    files[f"{info}/RECORD"] = "".join(lines) + f"{info}/RECORD,,\n"
    wheel = folder / f"{name}-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path), text)  # no time: the same bytes each time
    return wheel


def build_editable(
    wheel_directory: str,
    config_settings: object = None,
    metadata_directory: object = None,
) -> str:
    """PEP 660's hook."""
    return write_wheel(Path(wheel_directory), "wirecopy", {"tiny_wirecopy.py": MAIN}).name
