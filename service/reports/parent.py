"""For processes of processes: a parent that is killed cannot tell its children to end."""

from __future__ import annotations

import os
import threading
from multiprocessing import parent_process


def end_with_the_parent() -> None:
    """Have this process end at once when its parent has gone."""
    threading.Thread(target=_wait_and_end, daemon=True).start()


def _wait_and_end() -> None:
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)  # nobody is there to read it
