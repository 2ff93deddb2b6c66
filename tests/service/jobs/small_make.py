"""What a job's process does in tests: the real work, with the tests' small encoder, or something worse.

Only for processes of their own: it changes the settings for good.
"""

from __future__ import annotations

import os
import runpy
import signal
import time
from pathlib import Path

from service.jobs import child
from service.settings import Settings

_CONFTEST = Path(__file__).parents[2] / "conftest.py"


def make(folder, *told):
    """Make a report."""
    encoder = runpy.run_path(str(_CONFTEST))["HashingEncoder"]()
    Settings.encoder = property(lambda _: encoder)
    child.make(folder, *told)


def die(*_):
    """End as a process does for which there was no memory left."""
    os.kill(os.getpid(), signal.SIGKILL)


def sleep(folder, *_):
    """Go on for longer than any test; ``folder/begun`` appears."""
    (folder / "begun").touch()
    time.sleep(600)
