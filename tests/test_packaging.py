"""What an installation of this project looks like from outside."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

PACKAGES = ("corpus", "index", "engine", "service")
ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_installs_our_generic_names(package):
    owners = {name.lower() for name in packages_distributions().get(package, ["warts-and-all"])}
    assert owners == {"warts-and-all"}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_name_we_import_is_ours(package):
    code = f"import {package}; print({package}.__file__)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/")
    assert Path(ran.stdout.strip()) == ROOT / package / "__init__.py"


def test_importing_the_command_loads_no_model_library():
    code = "import sys, service.cli; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "transformers", "sentence_transformers"} & set(ran.stdout.split())


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_tells_that_it_is_typed(package):
    assert (ROOT / package / "py.typed").is_file()
