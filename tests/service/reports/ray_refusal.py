"""Reports on one school on a cluster, and prints why that was refused.

Usage: python ray_refusal.py INDEX RUN_FILE_AS_JSON ADDRESS
"""

from __future__ import annotations

import sys
from pathlib import Path

from engine.context import SchoolContext
from engine.reports.records import ReportSchool
from service.reports.errors import EngineError
from service.reports.on_ray import report_on_ray
from service.reports.run_file import RunFile

if __name__ == "__main__":
    index, about, address = sys.argv[1:]
    school = ReportSchool("1", None, SchoolContext(), ("phones",))
    try:
        list(report_on_ray([school], Path(index), RunFile.model_validate_json(about), address))
    except EngineError as error:
        print(error)
