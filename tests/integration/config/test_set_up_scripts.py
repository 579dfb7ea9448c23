"""What `make` says on a machine that lacks something: what is missing, and what to type."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"
TOOLS = ["bash", "cat", "dirname", "env", "id", "mkdir", "rm", "touch"]


class Machine:
    """A checkout with the scripts alone, and a PATH that has nothing but a few basic tools."""

    def __init__(self, path):
        self.checkout = path / "checkout"
        self.bin = path / "bin"
        self.bin.mkdir(parents=True)
        shutil.copytree(SCRIPTS, self.checkout / "scripts")
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))

    def program(self, name, lines):
        path = self.bin / name
        path.write_text(f"#!{self.bin / 'bash'}\n{lines}\n")
        path.chmod(0o755)
        return path

    def run(self, *command, **environment):
        return subprocess.run(
            [self.bin / "bash", *command],
            cwd=self.checkout,
            env={"PATH": str(self.bin), "HOME": str(self.checkout)} | environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_no_python_at_all(machine):
    done = machine.run("scripts/setup.sh", "run")
    assert done.returncode == 1
    assert "Python 3.11 or later is needed and none was found" in done.stderr
    assert "apt-get install python3 python3-venv" in done.stderr
    assert "brew install python" in done.stderr


def test_a_python_that_is_too_old_is_not_used(machine):
    machine.program("python3", 'case "$2" in *version_info*) exit 1;; esac; echo "used all the same"')
    done = machine.run("scripts/setup.sh", "run")
    assert done.returncode == 1
    assert "none was found" in done.stderr


def test_debians_python_without_venv_names_the_package(machine):
    machine.program("python3.11", f'case "$2" in *ensurepip*) exit 1;; esac; exec {sys.executable} "$@"')
    done = machine.run("scripts/setup.sh", "run")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert done.returncode == 1
    assert f"sudo apt-get install python{version}-venv" in done.stderr
    assert not (machine.checkout / ".venv").exists(), "half an environment would be taken for a whole one"


def test_an_unusable_chromium_that_was_named_is_not_replaced_in_silence(machine):
    done = machine.run("scripts/chromium.sh", "answer", REBOOK_CHROMIUM="/nowhere/chromium")
    assert done.returncode == 1
    assert "REBOOK_CHROMIUM names /nowhere/chromium, which does not run" in done.stderr


def test_an_installed_browser_is_found(machine):
    machine.program("chromium", "exit 127")  # a broken one, as without its libraries
    chrome = machine.program("google-chrome", "echo Chrome 1")
    done = machine.run("scripts/chromium.sh", "answer")
    assert done.returncode == 0, done.stderr
    assert (machine.checkout / "answer").read_text().strip() == str(chrome)


def test_a_named_browser_comes_first(machine):
    machine.program("chromium", "echo Chromium 1")
    mine = machine.program("my-browser", "echo Mine 1")
    machine.run("scripts/chromium.sh", "answer", REBOOK_CHROMIUM=str(mine))
    assert (machine.checkout / "answer").read_text().strip() == str(mine)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs without being asked")
def test_debian_installs_what_is_missing(machine):
    machine.program(
        "apt-get",
        f'case "$*" in *install*chromium*) cat >{machine.bin}/chromium <<<"#!{machine.bin}/bash";'
        f" {shutil.which('chmod')} +x {machine.bin}/chromium;; esac",
    )
    done = machine.run("scripts/chromium.sh", "answer")
    assert done.returncode == 0, done.stderr
    assert (machine.checkout / "answer").read_text().strip() == str(machine.bin / "chromium")


@pytest.mark.skipif(sys.platform == "darwin", reason="a Mac keeps its browsers outside PATH")
def test_a_machine_without_any_browser_is_told_what_to_do(machine):
    done = machine.run("scripts/chromium.sh", "answer")
    assert done.returncode == 1
    assert "could be neither found nor installed" in done.stderr
    assert "sudo apt-get install chromium" in done.stderr
    assert "REBOOK_CHROMIUM" in done.stderr
    assert not (machine.checkout / "answer").exists()
