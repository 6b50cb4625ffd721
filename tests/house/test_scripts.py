"""The scripts, run in a small tree of their own: real environments, a real pip, no network."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house import tiny_build

ROOT = Path(__file__).parent.parent.parent
SCRIPTS = ["start", "setup", "test", "check", "fix", "lock"]
TOOLS = [
    *("cat", "chmod", "dirname", "env", "grep", "id", "kill", "ls", "mkdir", "mv", "rm", "sed"),
    *("sh", "sleep", "tail"),
]
PYPROJECT = """
[build-system]
requires = []
build-backend = "tiny_build"
backend-path = ["."]
[project]
name = "wirecopy"
version = "1"
"""

PASSING_ON = f'#!/bin/sh\nexec "{Path(sys.base_prefix) / "bin" / "python3"}" "$@"\n'
TOO_OLD = "#!/bin/sh\nexit 1\n"
# Debian's python3 without python3-venv: no pip to copy into an environment.
WITHOUT_ENSUREPIP = PASSING_ON.replace(
    "exec", 'case "$*" in "-m venv .venv") exit 1 ;; esac\nexec', 1
)
# ... and without python3-pip either.
WITHOUT_PIP = WITHOUT_ENSUREPIP.replace("esac", '"-m pip"*) exit 1 ;; esac', 1)


class Tree:
    """A checkout in small: our scripts, one locked package, a project of one module."""

    def __init__(self, folder: Path, python: str = PASSING_ON) -> None:
        self.root = folder / "a newspaper"  # a space, as people have them
        self.path = folder / "bin"
        self.path.mkdir(parents=True)
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found is not None
            (self.path / tool).symlink_to(found)
        if python:
            self.command("python3", python)
        shutil.copytree(ROOT / "scripts", self.root / "scripts")
        shutil.copy(tiny_build.__file__, self.root)
        (self.root / "pyproject.toml").write_text(PYPROJECT)
        self.wheels = folder / "wheels"
        self.wheels.mkdir()
        self.lock("requirements.lock", "press")
        self.lock("requirements-test.lock", "proofs")

    def command(self, name: str, text: str) -> None:
        (self.path / name).unlink(missing_ok=True)  # never write through a link to the real one
        (self.path / name).write_text(text)
        (self.path / name).chmod(0o755)

    def lock(self, name: str, package: str, digest: str = "") -> None:
        wheel = tiny_build.write_wheel(self.wheels, package, {f"{package}.py": "HERE = True\n"})
        digest = digest or hashlib.sha256(wheel.read_bytes()).hexdigest()
        (self.root / name).write_text(f"{package}==1 \\\n    --hash=sha256:{digest}\n")

    def run(self, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", *command],
            cwd=self.root.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            env={
                "PATH": str(self.path),
                "HOME": str(self.root.parent),
                "PIP_NO_INDEX": "1",
                "PIP_FIND_LINKS": str(self.wheels),
                **env,
            },
        )

    def script(self, name: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return self.run(str(self.root / "scripts" / name), *arguments, **env)

    def stamp(self, name: str = "run") -> str:
        return (self.root / ".venv" / f"wirecopy-{name}").read_text()

    def imports(self, module: str) -> bool:
        python = self.root / ".venv" / "bin" / "python"
        return subprocess.run([python, "-c", f"import {module}"], check=False).returncode == 0


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """One tree with everything for running installed; each test leaves it so."""
    tree = Tree(tmp_path_factory.mktemp("house"))
    done = tree.script("setup")
    assert done.returncode == 0, done.stderr
    assert tree.imports("press")
    return tree


@pytest.mark.parametrize("name", [*SCRIPTS, "../.ci/run"])
def test_a_script_is_posix_sh_and_can_be_run(name: str) -> None:
    script = ROOT / "scripts" / name
    assert script.read_text().startswith("#!/bin/sh\n")
    assert os.access(script, os.X_OK)
    subprocess.run([shutil.which("dash") or "sh", "-n", script], check=True)


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_asks_for_rights(name: str) -> None:
    words = (ROOT / "scripts" / name).read_text().split()
    assert "sudo" not in words
    assert "--user" not in words


def test_the_locks_pin_every_package_with_a_hash() -> None:
    for name in ("requirements.lock", "requirements-test.lock", "requirements-bench.lock"):
        text = (ROOT / name).read_text()
        entries = [line for line in text.splitlines() if line[:1].isalnum()]
        assert entries, name
        for entry in entries:
            assert "==" in entry, f"{name}: {entry}"
            assert entry.endswith("\\"), f"{name}: {entry} has no hash"
        assert "://" not in text, f"{name} names a host"


def test_the_three_locks_agree_so_that_one_environment_holds_them_all() -> None:
    pins: dict[tuple[str, str], str] = {}
    for name in ("requirements.lock", "requirements-test.lock", "requirements-bench.lock"):
        for line in (ROOT / name).read_text().splitlines():
            if line[:1].isalnum():
                pin, _, marker = line.rstrip(" \\").partition(" ; ")
                package, _, version = pin.partition("==")
                assert pins.setdefault((package, marker), version) == version, f"{name}: {line}"


def test_what_the_project_asks_for_is_what_the_run_lock_is_made_from() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = (ROOT / "requirements" / "run.in").read_text().split("\n")
    wanted = {line.partition("#")[0].strip() for line in asked} - {""}
    assert wanted == {*project["project"]["dependencies"], "flit-core"}


def test_a_second_setup_finds_nothing_to_do(installed: Tree) -> None:
    before = (installed.root / ".venv" / "wirecopy-run").stat().st_mtime_ns
    again = installed.script("setup")
    assert again.returncode == 0
    assert again.stderr == ""
    assert (installed.root / ".venv" / "wirecopy-run").stat().st_mtime_ns == before


def test_start_hands_its_arguments_to_the_demo(installed: Tree) -> None:
    started = installed.script("start", "--port", "9000")
    assert started.returncode == 0, started.stderr
    assert started.stdout == "wirecopy demo --port 9000\n"


def test_the_set_for_tests_joins_the_same_environment(installed: Tree) -> None:
    run_stamp = installed.stamp()
    done = installed.script("setup", "test")
    assert done.returncode == 0, done.stderr
    assert installed.imports("proofs")
    assert installed.stamp() == run_stamp


@pytest.mark.parametrize(("user", "asked"), [("0", True), ("1000", False)])
def test_only_root_installs_the_browser_and_without_a_question(
    installed: Tree, user: str, asked: bool
) -> None:
    log = installed.root / "apt.log"
    log.unlink(missing_ok=True)
    installed.command("id", f"#!/bin/sh\necho {user}\n")
    installed.command("apt-get", f'#!/bin/sh\necho "$DEBIAN_FRONTEND" "$@" >>"{log}"\n')
    installed.script("test")
    assert log.exists() is asked
    if asked:
        update, install = log.read_text().splitlines()
        assert update == "noninteractive update -qq"
        assert install.startswith("noninteractive install -qq -y --no-install-recommends chromium")


@pytest.mark.parametrize("stamp", ["", "3.11 of another lock\n"])
def test_an_interrupted_or_outdated_installation_begins_anew(installed: Tree, stamp: str) -> None:
    whole = installed.stamp()
    (installed.root / ".venv" / "wirecopy-run").write_text(stamp)
    (installed.root / ".venv" / "left-over").touch()
    done = installed.script("setup")
    assert done.returncode == 0, done.stderr
    assert installed.stamp() == whole
    assert not (installed.root / ".venv" / "left-over").exists()


def test_a_python_that_went_away_is_mended(installed: Tree) -> None:
    python = installed.root / ".venv" / "bin" / "python3"
    python.unlink(missing_ok=True)
    python.symlink_to("/nowhere/python3")
    (installed.root / ".venv" / "bin" / "python").unlink()
    (installed.root / ".venv" / "bin" / "python").symlink_to("python3")
    done = installed.script("setup")
    assert done.returncode == 0, done.stderr
    assert installed.imports("press")


def test_an_environment_made_by_hand_is_kept(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.run("-c", f"python3 -m venv '{tree.root}/.venv'")
    (tree.root / ".venv" / "mine").touch()
    done = tree.script("setup")
    assert done.returncode == 0, done.stderr
    assert tree.imports("press")
    assert (tree.root / ".venv" / "mine").exists()


def test_a_package_with_other_bytes_than_the_locked_is_refused(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.lock("requirements.lock", "press", digest="0" * 64)
    done = tree.script("setup")
    assert done.returncode == 1
    assert "The installation failed" in done.stderr
    assert tree.stamp() == ""
    assert not tree.imports("press")


def test_the_pip_of_a_python_without_ensurepip_installs_from_outside(tmp_path: Path) -> None:
    if subprocess.run([sys.base_prefix + "/bin/python3", "-m", "pip"], check=False).returncode:
        pytest.skip("this Python has no pip of its own")
    tree = Tree(tmp_path, WITHOUT_ENSUREPIP)
    done = tree.script("setup")
    assert done.returncode == 0, done.stderr
    assert tree.imports("press")
    assert not (tree.root / ".venv" / "bin" / "pip").exists()


def test_a_uv_that_fails_gives_way_to_pip(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.command("uv", "#!/bin/sh\necho no such index >&2\nexit 2\n")
    done = tree.script("setup")
    assert done.returncode == 0, done.stderr
    assert tree.imports("press")


def test_a_machine_with_no_way_to_install_is_told_the_command(tmp_path: Path) -> None:
    done = Tree(tmp_path, WITHOUT_PIP).script("setup")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "This Python can make no environment with pip; "
        "on Debian or Ubuntu: apt-get install python3-venv"
    )
    assert not (tmp_path / "a newspaper" / ".venv").exists()


@pytest.mark.parametrize("python", ["", TOO_OLD])
def test_a_machine_without_a_new_enough_python_is_told_so(tmp_path: Path, python: str) -> None:
    done = Tree(tmp_path, python).script("start")
    assert done.returncode == 1
    assert done.stderr == (
        "Wirecopy needs Python 3.11 or newer; "
        "on Debian or Ubuntu: apt-get install python3 python3-venv\n"
    )


def test_a_python_asked_for_by_name_is_the_one_or_none(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.command("python3.4", TOO_OLD)
    done = tree.script("setup", PYTHON="python3.4")
    assert done.returncode == 1
    assert "python3.4 is not that" in done.stderr


def test_wrong_use_is_told(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    assert tree.script("setup", "everything").returncode == 2
    check = tree.script("check", "--fast")
    assert check.returncode == 2
    assert "--postgresql" in check.stderr


@pytest.fixture
def checking(tmp_path: Path) -> Tree:
    """A tree whose tools only write down how they were called, and all succeed."""
    tree = Tree(tmp_path)
    tools = tree.root / ".venv" / "bin"
    tools.mkdir(parents=True)
    for tool in ("ruff", "mypy", "python"):
        (tools / tool).write_text(f'#!/bin/sh\necho {tool} "$@"\n')
        (tools / tool).chmod(0o755)
    return tree


def test_check_is_format_lint_types_and_tests(checking: Tree) -> None:
    told = checking.script("check").stdout.splitlines()
    assert told[:4] == [
        "ruff format --check --quiet .",
        "ruff check --quiet .",
        "mypy",
        "python -m pytest -q -m not quality and not browser and not postgresql",
    ]
    assert told[4:] == ["The quality floors on real sets did not run: scripts/check --data DIR"]


def test_a_suite_that_cannot_run_is_named_last_and_fails_in_ci(checking: Tree) -> None:
    here = checking.script("check", "--browser")
    assert here.stdout.splitlines()[-1] == "NOT RUN: browser"
    assert here.returncode == 0
    assert checking.script("check", "--browser", CI="true").returncode == 1


def test_a_suite_that_can_run_is_run(checking: Tree) -> None:
    checking.command("chromium", "#!/bin/sh\n")
    checking.command("initdb", "#!/bin/sh\n")
    done = checking.script("check", "--all", CI="true")
    assert done.returncode == 0
    assert "-m not quality and not browser\npython -m pytest -q -m browser\n" in done.stdout


def test_quality_floors_run_on_the_data_they_are_given(checking: Tree) -> None:
    done = checking.script("check", "--data", "sets", "--", "-x")
    assert "python -m pytest -q -m quality tests/quality\n" in done.stdout
    assert "did not run" not in done.stdout
