"""What would make an answer better, in words for the person who asked."""

from __future__ import annotations

from engine.answers import Verdict
from engine.comparability import LABELS
from engine.concern import Concern
from engine.ranking import NO_PREFERENCES, Preferences

SHORT = 3  # words; fewer tell a topic but no worry


def advice_for(
    concern: Concern,
    verdict: Verdict,
    preferences: Preferences = NO_PREFERENCES,
    *,
    all_excluded: bool = False,
    none_passes: bool = False,
) -> tuple[str, ...]:
    """Say what would make the answer better; nothing where nothing would.

    Args:
        concern: What was understood.
        verdict: Whether anybody here has faced it.
        preferences: Which cases were wanted, and how schools were compared.
        all_excluded: Whether every case differs from the school in what was to be left out.
        none_passes: Whether no case that comes near passes the filter.
    """
    if not concern.worries:
        if concern.readings:
            return ("You told us about your school: now tell us in a few words what worries you.",)
        return ("Tell us in a few words what worries you.",)
    advice = []
    if all_excluded:
        advice.append("Every case differs from your school in what you leave out: leave out less.")
    if none_passes:
        advice.append("No case that comes near your worry passes the filters: take one off.")
    if preferences.order == "school" and not concern.context.known:
        advice.append("To put schools like yours first we have to know yours: tell us about it.")
    unknown = [LABELS[attribute] for attribute in preferences.unlike if not concern.context.knows(attribute)]
    if unknown:
        advice.append(
            f"You set schools apart by {' and '.join(unknown)}, but we do not know yours: please tell us."
        )
    if verdict != "strong" and not none_passes and len(concern.text.split()) < SHORT:
        advice.append("Say a little more about what worries you: one sentence is enough.")
    if verdict == "none" and concern.denied and not (all_excluded or none_passes):
        advice.append("Part of what you wrote was taken as ruled out: if that is wrong, say it another way.")
    if not concern.context.phases:
        advice.append("Tell us your phase (primary, secondary, ...) to see schools more like yours first.")
    return tuple(advice)
