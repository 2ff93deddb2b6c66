import numpy as np
import pytest

from corpus.passages import whole_text
from engine.errors import CaseNotFoundError
from engine.similar import find_case, similar_cases
from index.building import build_index
from index.case_index import CaseIndex


@pytest.fixture
def five(tmp_path, make_case, encoder):
    """Five cases over made-up words, two of them with the same words."""
    words = ["zebra lemon", "zebra lemon", "zebra quokka", "walnut kiosk tundra", "zebra lemon quokka"]
    cases = [make_case(id=f"case-{number}", summary=said * 9) for number, said in enumerate(words)]
    build_index(cases, encoder, tmp_path / "five")
    return CaseIndex.open(tmp_path / "five")


@pytest.mark.parametrize("case_id", [f"case-{number}" for number in range(5)])
@pytest.mark.parametrize("k", [1, 3, 4, 50])
def test_the_nearest_are_those_of_a_sorted_cosine_of_whole_texts(five, encoder, case_id, k):
    texts = [whole_text(case) for case in five.cases]
    vectors = encoder.encode_queries(texts).astype(float)
    mine = vectors[int(case_id[-1])]
    cosine = {case.id: float(np.dot(mine, vector)) for case, vector in zip(five.cases, vectors, strict=True)}
    others = [case.id for case in five.cases if case.id != case_id]
    expected = sorted(others, key=lambda other: -round(cosine[other], 6))[:k]
    found = similar_cases(five, case_id, k)
    assert [case.id for case, _ in found] == expected
    assert [score for _, score in found] == pytest.approx([cosine[other] for other in expected], abs=1e-6)


def test_a_case_is_never_among_its_own_neighbours_even_beside_a_twin(five):
    (twin, cosine), *_ = similar_cases(five, "case-1", 4)
    assert twin.id == "case-0"
    assert cosine == pytest.approx(1)


def test_none_asked_for_is_none_given(five):
    assert similar_cases(five, "case-0", 0) == []


def test_the_only_case_has_no_neighbour(tmp_path, make_case, encoder):
    build_index([make_case()], encoder, tmp_path / "one")
    index = CaseIndex.open(tmp_path / "one")
    assert similar_cases(index, index.cases[0].id, 5) == []


def test_a_case_is_found_by_its_id(five):
    assert find_case(five, "case-3") is five.cases[3]


@pytest.mark.parametrize("look_up", [find_case, lambda index, case_id: similar_cases(index, case_id, 3)])
def test_an_unknown_id_names_at_most_two_that_are_spelt_alike(five, look_up):
    with pytest.raises(CaseNotFoundError, match="'case-33'; did you mean case-3 or ") as caught:
        look_up(five, "case-33")
    assert caught.value.case_id == "case-33"
    assert caught.value.near[0] == "case-3"
    assert len(caught.value.near) == 2


@pytest.mark.parametrize("case_id", ["", "quite-another", "CASE-3\x00", "../case-3" * 50])
def test_an_unknown_id_like_no_other_names_none(five, case_id):
    with pytest.raises(CaseNotFoundError) as caught:
        find_case(five, case_id)
    assert caught.value.near == ()
    assert "did you mean" not in str(caught.value)
