from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.schools.words import folded, with_all, with_any, words_of_query


@pytest.mark.parametrize(
    ("name", "others"),
    [
        (
            "St. Mary's C of E Primary",
            [
                "st marys ce primary",
                "Saint Mary’s Church of England Primary",
                "ST MARYS CofE PRIMARY",
                "St.Mary's C.E. Primary",
            ],
        ),
        ("Sir William & Jane", ["sir william and jane"]),
        ("Ste-Invéntée", ["ste inventee"]),
        ("St Mock's R.C. School", ["st mocks roman catholic school", "St Mocks RC School"]),
        ("J.F.K. High", ["jfk high"]),
        ("All Saints", ["ALL  SAINTS"]),
        ("O'Test Voluntary Aided", ["otest va"]),
    ],
)
def test_spellings_of_one_name_fold_to_the_same_words(name, others):
    assert {folded(other) for other in others} == {folded(name)}


def test_a_query_leaves_out_what_says_little_where_there_is_something_else():
    assert words_of_query("The Oak School") == ("oak",)
    assert words_of_query("the school") == ("the", "school")
    assert words_of_query(" .,;!'\" ") == ()


def test_a_query_has_a_bound():
    assert len(words_of_query(" ".join(f"w{n}" for n in range(100)))) == 12
    assert words_of_query("x" * 5000) == ("x" * 200,)


@given(st.text(max_size=80))
def test_no_text_reaches_the_syntax_of_the_search(text):
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE found USING fts5(words)")
        words = words_of_query(text)
        for query in (with_all(words), with_any(words)) if words else ():
            connection.execute("SELECT * FROM found WHERE found MATCH ?", (query,)).fetchall()
    finally:
        connection.close()
