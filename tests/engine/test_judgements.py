import pytest

from engine.errors import JudgementsError
from engine.judgements import read_judged_set


@pytest.fixture
def read(tmp_path):
    """Read a judged set from texts; three queries unless others are given."""
    three = (
        '{"id": "a", "text": "x", "split": "dev"}\n'
        '{"id": "b", "text": "y", "split": "test"}\n'
        '{"id": 3, "text": "z"}\n'
    )

    def read(qrels="a\tone\t2\n", passages=None, queries=three):
        for name, content in (("queries.jsonl", queries), ("qrels.tsv", qrels), ("passages.tsv", passages)):
            if content is not None:
                data = content if isinstance(content, bytes) else content.encode()
                (tmp_path / name).write_bytes(data)
        marked = None if passages is None else tmp_path / "passages.tsv"
        return read_judged_set(tmp_path / "queries.jsonl", tmp_path / "qrels.tsv", marked)

    return read


@pytest.mark.parametrize(
    "qrels",
    [
        "query-id\tcorpus-id\tscore\na\tone\t3\na\ttwo\t1\n3\tone\t2\n",
        "a\tone\t3\na\ttwo\t1\n3\tone\t2",
        "a 0 one 3\na 0 two 1\n3 Q0 one 2\n",
        "a\t0\tone\t3\r\n\r\na\t0\ttwo\t1\r\n3\t0\tone\t2\r\n",
        "\ufeffquery-id\tcorpus-id\tscore\na\tone\t3\na\ttwo\t1\n\n3\tone\t2\n",
        "a\tone\t3\na\ttwo\t1\n3\tone\t2\nof another set\tone\t3\n",
    ],
    ids=["BEIR", "BEIR without header", "TREC", "TREC from Windows", "byte order mark", "others' queries"],
)
def test_judgements_are_read_in_the_common_forms(read, qrels):
    assert read(qrels).qrels == {"a": {"one": 3, "two": 1}, "3": {"one": 2}}


def test_queries_keep_their_order_and_parts(read):
    judged = read()
    assert [(query.id, query.split) for query in judged.queries] == [("a", "dev"), ("b", "test"), ("3", None)]
    assert judged.passages == {}


def test_a_query_is_answerable_from_grade_two_on(read):
    judged = read("a\tone\t1\na\ttwo\t2\nb\tone\t1\nb\ttwo\t0\n")
    assert [judged.is_answerable(query) for query in judged.queries] == [True, False, False]


def test_grades_are_those_above_zero(read):
    judged = read("a\tone\t1\na\ttwo\t0\na\tthree\t-1\n")
    assert [judged.grades(query) for query in judged.queries] == [{"one": 1}, {}, {}]


def test_a_split_keeps_its_own_queries(read):
    judged = read("a\tone\t2\nb\ttwo\t2\n", "query-id\tcorpus-id\tfield\titem\nb\ttwo\tfailed\t0\n")
    test = judged.of_split("test")
    assert [query.id for query in test.queries] == ["b"]
    assert test.grades(test.queries[0]) == {"two": 2}
    assert test.passages["b", "two"] == {("failed", 0)}
    assert judged.of_split("train").queries == ()


def test_passages_are_grouped_by_query_and_case(read):
    marked = (
        "query-id\tcorpus-id\tfield\titem\na\tone\tfailed\t0\na\tone\tobjections\t11\na\ttwo\tfailed\t0\n"
    )
    assert read(passages=marked).passages == {
        ("a", "one"): {("failed", 0), ("objections", 11)},
        ("a", "two"): {("failed", 0)},
    }


@pytest.mark.parametrize(
    ("qrels", "line", "message"),
    [
        ("a\tone\tgood\n", 1, "'good' is not a whole number"),
        ("a\tone\t2.5\n", 1, "'2.5' is not a whole number"),
        ("query-id\tcorpus-id\tscore\na\tone\t\n", 2, "'' is not a whole number"),
        ("a\tone\t2\n\na\ttwo\t-\n", 3, "'-' is not a whole number"),
        ("a\tone\t--3\n", 1, "'--3' is not a whole number"),
        ("a\tone\t3-\n", 1, "'3-' is not a whole number"),
        ("a\tone\t²\n", 1, "'²' is not a whole number"),
        ("a\tone\n", 1, "2 columns"),
        ("a\t0\tone\t2\textra\n", 1, "5 columns"),
        ("nobody\tone\t2\n", None, "no line is about a query"),
        ("", None, "no line is about a query"),
        (b"a\tone\t2\n\xff", None, "not UTF-8"),
    ],
)
def test_a_line_of_judgements_that_cannot_be_used_is_named(read, tmp_path, qrels, line, message):
    with pytest.raises(JudgementsError) as caught:
        read(qrels)
    assert (caught.value.file, caught.value.line) == (tmp_path / "qrels.tsv", line)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a\tone\tfailed", "0-based item"),
        ("a\tone\tfailed\t-1", "0-based item"),
        ("a\tone\tfailed\tfirst", "0-based item"),
        ("a\tone\tfailed\t", "0-based item"),
        ("a\tone\tfailed\t²", "0-based item"),
    ],
)
def test_a_marked_passage_that_cannot_be_used_is_named(read, tmp_path, row, message):
    with pytest.raises(JudgementsError) as caught:
        read(passages=f"query-id\tcorpus-id\tfield\titem\na\tone\tfailed\t0\n{row}\n")
    assert (caught.value.file, caught.value.line) == (tmp_path / "passages.tsv", 3)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("queries", "line", "message"),
    [
        ('{"id": "a", "text": "x"}\n{', 2, "not one JSON value"),
        ('{"id": "a", "text": "x"}\n{"id": "a", "text": "y"}', 2, "stands already on line 1"),
        (b'{"id": "a", "text": "x"}\n\n\xff', 3, "not UTF-8"),
    ],
)
def test_a_query_that_cannot_be_used_is_named(read, tmp_path, queries, line, message):
    with pytest.raises(JudgementsError) as caught:
        read(queries=queries)
    assert (caught.value.file, caught.value.line) == (tmp_path / "queries.jsonl", line)
    assert message in str(caught.value)


@pytest.mark.parametrize("missing", ["queries.jsonl", "qrels.tsv", "passages.tsv"])
def test_a_file_that_is_not_there_is_named(read, tmp_path, missing):
    read(passages="query-id\tcorpus-id\tfield\titem\n")
    (tmp_path / missing).unlink()
    with pytest.raises(JudgementsError, match="cannot be read") as caught:
        read_judged_set(tmp_path / "queries.jsonl", tmp_path / "qrels.tsv", tmp_path / "passages.tsv")
    assert (caught.value.file, caught.value.line) == (tmp_path / missing, None)
