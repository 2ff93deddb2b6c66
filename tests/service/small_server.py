"""`warts` with the tests' small encoder, for tests that start processes; workers import this file, too.

``SMALL_ENCODER_SECONDS`` in the environment makes each pass over queries take that long.
"""

from __future__ import annotations

import os
import runpy
import time
from pathlib import Path

from service.settings import Settings

_small = runpy.run_path(str(Path(__file__).parents[1] / "conftest.py"))["HashingEncoder"]


class _SlowEncoder(_small):
    def encode_queries(self, texts):
        time.sleep(float(os.environ.get("SMALL_ENCODER_SECONDS", "0")))
        return super().encode_queries(texts)


_encoder = _SlowEncoder()
Settings.encoder = property(lambda _: _encoder)

if __name__ == "__main__":
    from service.cli import main

    main()
