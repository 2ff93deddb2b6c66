"""Schools as a run of a report keeps them, made to measure."""

from __future__ import annotations

from engine.reports.records import ConcernKept, MatchKept, PointKept, SchoolKept


def match(case_id="elm-school-phones-2020", **changes):
    kept = {
        **{"case_id": case_id, "score": 0.5, "confidence": 0.6, "shared": ("phase: secondary",)},
        **{"different": (), "unknown": ("setting",), "mirror": "Pupils brought a second phone"},
        **{"mirror_field": "failed", "mirror_item": 0},
    }
    return MatchKept(**{**kept, **changes})


def concern(text="phones distract pupils", themes=("distraction",), verdict="strong", matches=None):
    if matches is None:
        matches = (match(),)
    return ConcernKept(
        text=text,
        worries=(text,),
        denied=(),
        themes=themes,
        verdict=verdict,
        confidence=0.6,
        matches=matches,
    )


def school(number, concerns=(), *, name=None, points=(), questions=(), **context):
    return SchoolKept(
        id=str(number),
        name=name,
        context=context,
        concerns=tuple(concerns),
        takeaways=tuple(points),
        questions=tuple(questions),
    )


def point(text="Starting in September", case_id="elm-school-phones-2020"):
    return PointKept(kind="not_again", text=text, response=None, case_id=case_id)


def write_lines(file, schools):
    file.write_text("".join(f"{one.as_line()}\n" for one in schools), encoding="utf-8")
    return file
