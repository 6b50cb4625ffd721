from __future__ import annotations

import subprocess
import sys

_ASK = """
import wirecopy.warm
from wirecopy.stages import language
print(language._model.cache_info().currsize)
"""


def test_workers_share_the_language_model() -> None:
    done = subprocess.run([sys.executable, "-c", _ASK], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
