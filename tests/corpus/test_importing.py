from __future__ import annotations

import contextlib
import json
import os

import pytest

from corpus import importing
from corpus.errors import MOST_SHOWN, BrokenRecordsError, CaseFileNotFoundError, CorpusError
from corpus.importing import carry_out, plan_import
from corpus.reading import read_cases, to_json, to_yaml
from corpus.records import CaseStudy


@pytest.fixture
def cases_dir(tmp_path):
    return tmp_path / "cases"


@pytest.fixture
def three_records(three_cases):
    return [case.as_contract() for case in three_cases]


@pytest.fixture
def incoming(tmp_path):
    """Write records to be imported, as a JSON list."""

    def write(*records):
        file = tmp_path / "incoming.json"
        file.write_text(json.dumps(records), encoding="utf-8")
        return [file]

    return write


def import_into(folder, paths, **options):
    plan = plan_import(paths, folder, **options)
    carry_out(plan, folder)
    return plan


def ids(cases):
    return sorted(case.id for case in cases)


def snapshot(folder):
    """Return the bytes, inode and time of every file."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {
        file.relative_to(folder).as_posix(): (file.read_bytes(), file.stat().st_ino, file.stat().st_mtime_ns)
        for file in files
    }


def grow_old(folder):
    """Give every file an old time, so that any write shows."""
    for file in folder.rglob("*"):
        os.utime(file, ns=(10**18, 10**18))


def test_each_new_record_becomes_a_yaml_file_named_after_its_id(
    cases_dir, incoming, three_records, three_cases
):
    plan = import_into(cases_dir, incoming(*three_records))
    assert ids(plan.new) == ids(three_cases)
    assert (plan.changed, plan.unchanged, plan.issues) == ((), (), ())
    assert sorted(file.name for file in cases_dir.iterdir()) == [f"{slug}.yaml" for slug in ids(three_cases)]
    assert sorted(read_cases([cases_dir]).cases, key=ids_of) == sorted(three_cases, key=ids_of)


def ids_of(case):
    return case.id


def test_importing_the_same_file_twice_changes_nothing(cases_dir, incoming, three_records):
    paths = incoming(*three_records)
    import_into(cases_dir, paths)
    grow_old(cases_dir)
    before = snapshot(cases_dir)
    plan = import_into(cases_dir, paths)
    assert (plan.new, plan.changed, len(plan.unchanged)) == ((), (), 3)
    assert snapshot(cases_dir) == before


def test_importing_a_folder_into_itself_changes_nothing(cases_dir, incoming, three_records):
    import_into(cases_dir, incoming(*three_records))
    grow_old(cases_dir)
    before = snapshot(cases_dir)
    assert len(import_into(cases_dir, [cases_dir]).unchanged) == 3
    assert snapshot(cases_dir) == before


def test_only_the_file_of_a_changed_record_is_written(cases_dir, incoming, three_records):
    import_into(cases_dir, incoming(*three_records))
    grow_old(cases_dir)
    before = snapshot(cases_dir)
    one, two, three = three_records
    plan = import_into(cases_dir, incoming(one, {**two, "outcome": "scaled"}, three))
    after = snapshot(cases_dir)
    assert (ids(plan.changed), len(plan.unchanged), plan.new) == ([two["id"]], 2, ())
    assert {name for name in before if before[name] != after[name]} == {f"{two['id']}.yaml"}
    assert {case.id: case.outcome for case in read_cases([cases_dir]).cases}[two["id"]] == "scaled"


def test_a_file_that_says_the_same_in_another_way_is_left_alone(cases_dir, incoming, make_record):
    cases_dir.mkdir()
    (cases_dir / "elm-school-phones-2020.yaml").write_text(
        f"# a comment of the editor's\n{json.dumps(make_record(worked=[], years=None), indent=2)}\n"
    )
    before = snapshot(cases_dir)
    plan = import_into(cases_dir, incoming(make_record()))
    assert len(plan.unchanged) == 1
    assert snapshot(cases_dir) == before


def test_cases_that_are_not_imported_stay_as_they_are(cases_dir, incoming, three_records):
    import_into(cases_dir, incoming(*three_records[:2]))
    before = snapshot(cases_dir)
    (cases_dir / "LICENSE").write_text("CC BY")
    import_into(cases_dir, incoming(three_records[2]))
    after = snapshot(cases_dir)
    assert {name: after[name] for name in before} == before
    assert (cases_dir / "LICENSE").read_text() == "CC BY"


def test_planning_writes_nothing(cases_dir, incoming, three_records):
    plan = plan_import(incoming(*three_records), cases_dir)
    assert len(plan.new) == 3
    assert not cases_dir.exists()


BROKEN = {
    "shape": {"outcome": "fine"},
    "rule": {"provenance": {"independence": "independent", "sources": [{"title": "T", "url": "ftp://x"}]}},
    "personal data": {"failed": ["Write to head@elm.sch.uk"]},
}


@pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN)
def test_one_broken_record_among_good_ones_and_nothing_is_imported(cases_dir, incoming, three_records, fault):
    import_into(cases_dir, incoming(three_records[0]))
    before = snapshot(cases_dir)
    changed = {**three_records[0], "title": "Another title"}
    with pytest.raises(BrokenRecordsError, match="--skip-broken") as refused:
        plan_import(incoming(changed, {**three_records[1], **fault}, three_records[2]), cases_dir)
    assert {issue.record_id for issue in refused.value.issues} == {three_records[1]["id"]}
    assert snapshot(cases_dir) == before


@pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN)
def test_skip_broken_takes_the_sound_records_and_keeps_the_issues(cases_dir, incoming, three_records, fault):
    one, two, three = three_records
    plan = import_into(cases_dir, incoming(one, {**two, **fault}, three), skip_broken=True)
    assert ids(plan.new) == sorted([one["id"], three["id"]])
    assert {issue.record_id for issue in plan.issues} == {two["id"]}
    assert ids(read_cases([cases_dir]).cases) == sorted([one["id"], three["id"]])


def test_skip_broken_does_not_overwrite_a_sound_record_with_a_broken_one(cases_dir, incoming, three_records):
    import_into(cases_dir, incoming(three_records[0]))
    before = snapshot(cases_dir)
    import_into(
        cases_dir, incoming({**three_records[0], "failed": ["ask head@elm.sch.uk"]}), skip_broken=True
    )
    assert snapshot(cases_dir) == before


def test_of_a_repeated_id_skip_broken_takes_the_first(cases_dir, incoming, make_record):
    records = [make_record(title="First"), make_record(title="Second")]
    with pytest.raises(BrokenRecordsError, match="duplicate-id"):
        plan_import(incoming(*records), cases_dir)
    plan = import_into(cases_dir, incoming(*records), skip_broken=True)
    assert [case.title for case in plan.new] == ["First"]


def test_a_warning_keeps_nothing_out(cases_dir, incoming, make_record):
    plan = import_into(cases_dir, incoming(make_record(voices=["The Head"])))
    assert [(issue.code, issue.severity) for issue in plan.issues] == [("bad-tag", "warning")]
    assert len(read_cases([cases_dir]).cases) == 1


@pytest.mark.parametrize("skip_broken", [True, False])
def test_a_folder_that_is_broken_itself_is_mended_first(cases_dir, incoming, make_record, skip_broken):
    cases_dir.mkdir()
    (cases_dir / "bad.yaml").write_text("id: [")
    with pytest.raises(BrokenRecordsError, match="before importing") as refused:
        plan_import(incoming(make_record()), cases_dir, skip_broken=skip_broken)
    assert [issue.place.file for issue in refused.value.issues] == [str(cases_dir / "bad.yaml")]


def test_a_path_that_does_not_exist_is_refused(tmp_path, cases_dir):
    with pytest.raises(CaseFileNotFoundError, match=r"gone\.yaml: does not exist"):
        plan_import([tmp_path / "gone.yaml"], cases_dir)


HOMES = {
    "all.yaml": json.dumps,
    "all.json": json.dumps,
    "all.jsonl": lambda records: "\n".join(map(json.dumps, records)),
    "all.yml": json.dumps,
    "below/all.yaml": json.dumps,
}


@pytest.mark.parametrize("home", HOMES)
def test_records_that_the_folder_keeps_in_another_file_are_known(cases_dir, incoming, three_records, home):
    """Only `*.yaml` right in the folder counted; records in JSON or below it were imported a second time."""
    (cases_dir / home).parent.mkdir(parents=True)
    (cases_dir / home).write_text(HOMES[home](three_records))
    before = snapshot(cases_dir)
    plan = import_into(cases_dir, incoming(*three_records))
    assert len(plan.unchanged) == 3
    assert snapshot(cases_dir) == before


@pytest.mark.parametrize("home", HOMES)
def test_an_import_never_leaves_two_records_of_one_id(cases_dir, incoming, three_records, home):
    """A changed record was written beside the file that held it, and the folder could not be read again."""
    (cases_dir / home).parent.mkdir(parents=True)
    (cases_dir / home).write_text(HOMES[home](three_records))
    with contextlib.suppress(CorpusError):
        import_into(cases_dir, incoming({**three_records[0], "title": "Another title"}))
    assert read_cases([cases_dir]).issues == ()


def test_a_failure_while_writing_leaves_the_folder_as_it_was(cases_dir, incoming, three_records, monkeypatch):
    import_into(cases_dir, incoming(three_records[0]))
    before = snapshot(cases_dir)
    plan = plan_import(incoming(*({**record, "title": "Changed"} for record in three_records)), cases_dir)
    written = []

    def full_disk(case):
        written.append(case.id)
        if len(written) == 3:
            raise OSError(28, "No space left on device")
        return to_yaml(case)

    monkeypatch.setattr(importing, "to_yaml", full_disk)
    with pytest.raises(OSError, match="No space"):
        carry_out(plan, cases_dir)
    assert snapshot(cases_dir) == before
    assert [path.name for path in cases_dir.iterdir()] == list(before)


def test_a_reader_never_sees_a_record_that_is_still_being_written(
    cases_dir, incoming, three_records, monkeypatch
):
    """Files being written lay in a hidden folder that readers went through, as a second record of each id."""
    import_into(cases_dir, incoming(*three_records))
    plan = plan_import(incoming(*({**record, "title": "Changed"} for record in three_records)), cases_dir)
    seen = []

    def read_meanwhile(case):
        reading = read_cases([cases_dir])
        seen.append((reading.issues, {case.title for case in reading.cases}))
        return to_yaml(case)

    monkeypatch.setattr(importing, "to_yaml", read_meanwhile)
    carry_out(plan, cases_dir)
    old_titles = {record["title"] for record in three_records}
    assert seen == [((), old_titles)] * 3
    assert {case.title for case in read_cases([cases_dir]).cases} == {"Changed"}


def test_what_an_interrupted_import_left_behind_is_no_record(cases_dir, incoming, three_records, three_cases):
    import_into(cases_dir, incoming(*three_records))
    (cases_dir / ".import-abc").mkdir()
    (cases_dir / ".import-abc" / "elm-school-phones-2020.yaml").write_text(to_yaml(three_cases[0])[:80])
    assert read_cases([cases_dir]).issues == ()
    assert len(import_into(cases_dir, incoming(*three_records)).unchanged) == 3


def test_a_record_goes_in_by_json_and_comes_out_by_yaml_without_loss(cases_dir, tmp_path, make_record):
    given = make_record(
        title="Ligne\u2028séparée: “NO”",
        institution={**make_record()["institution"], "country": "NO", "name": None},
        aims=[],
        years={"start": 2013, "end": None},
        evidence=[{"claim": "- # a\r\n\tb", "figure": "3.10", "source": 0}],
    )
    file = tmp_path / "one.jsonl"
    file.write_text(to_json(CaseStudy.model_validate(given)), encoding="utf-8")
    import_into(cases_dir, [file])
    assert [case.as_contract() for case in read_cases([cases_dir]).cases] == [given]


def test_a_refusal_shows_the_first_faults_and_counts_the_rest(cases_dir, incoming, make_record):
    records = [make_record(id=f"case-{number}", outcome="fine") for number in range(MOST_SHOWN + 3)]
    with pytest.raises(BrokenRecordsError, match=r"\.\.\. and 3 more\nnothing was imported") as refused:
        plan_import(incoming(*records), cases_dir)
    assert len(refused.value.issues) == MOST_SHOWN + 3
    assert str(refused.value).count("[not-allowed]") == MOST_SHOWN
