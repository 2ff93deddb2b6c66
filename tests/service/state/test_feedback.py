from __future__ import annotations

import pytest
from pydantic import ValidationError

from service.state.database import FILE
from service.state.errors import FeedbackNotFoundError
from service.state.feedback import FeedbackIn, add_feedback, delete_feedback, list_feedback
from service.state.keys import create_key


def said(**told):
    return FeedbackIn.model_validate({"case_id": "elm", "kind": "useful", **told})


def test_feedback_is_listed_as_it_was_said_with_the_key_it_came_with(state):
    key, _ = create_key(state, "intranet")
    first = add_feedback(state, said(comment="It's Ж 😀\nline 2", worry="phones"))
    second = add_feedback(state, said(kind="wrong"), key.id)
    one, two = list_feedback(state)
    assert (one.id, one.comment, one.worry, one.key) == (first, "It's Ж 😀\nline 2", "phones", None)
    assert (two.id, two.kind, two.comment, two.key) == (second, "wrong", None, "intranet")


def test_deleted_feedback_is_gone_from_the_file_and_its_number_is_not_given_again(state, folder):
    number = add_feedback(state, said(comment="a pupil's name that should not be here"))
    delete_feedback(state, number)
    assert list_feedback(state) == []
    state.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"a pupil's name" not in (folder / FILE).read_bytes()
    with pytest.raises(FeedbackNotFoundError, match="feedback list"):
        delete_feedback(state, number)
    assert add_feedback(state, said()) == number + 1


def test_a_comment_has_at_most_2000_characters_and_a_line_end_of_a_form_counts_once():
    assert len(said(comment="a\r\n" * 1000).comment or "") == 1999  # the last end is trimmed
    assert said(comment="x" * 2000).comment == "x" * 2000
    with pytest.raises(ValidationError):
        said(comment="x" * 2001)


@pytest.mark.parametrize("empty", ["", "  \r\n ", None, "\x00\x1b"])
def test_a_comment_with_nothing_in_it_is_none(empty):
    assert said(comment=empty).comment is None


def test_control_characters_never_reach_a_terminal():
    assert said(comment="a\x1b[2Jb\x00c\x9bd\te\nf").comment == "a[2Jbcd\te\nf"


@pytest.mark.parametrize("wrong", [{"kind": "fine"}, {"case_id": ""}, {"name": "x"}, {"comment": 7}])
def test_what_feedback_has_not_is_refused(wrong):
    with pytest.raises(ValidationError):
        said(**wrong)
