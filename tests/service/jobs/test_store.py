"""The queue in the database: whose turn it is, what a dead server leaves, what is forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from service.jobs import store
from service.jobs.errors import JobNotFoundError, TooManyJobsError
from service.jobs.job import Counted
from service.state.database import open_state
from service.state.keys import revoke_key
from tests.service.jobs.conftest import asked


@pytest.fixture
def add(state):
    """Add jobs of keys, by their ids."""

    def add(key, *ids, most=20):
        for job_id in ids:
            store.add_job(state, job_id, key.id, asked(k=3), Counted(100, 2, 1), most)

    return add


def served(state, slot=0):
    """Take every job there is, finish it, and return the ids in the order in which they were served."""
    ids = []
    while job := store.claim_next(state, slot):
        ids.append(job.id)
        store.finish_job(state, job.id, slot, 1, size=1)
    return ids


def state_of(state, job_id):
    return store.kept_jobs(state).get(job_id)


def test_a_job_is_told_as_it_was_asked_for(state, key, add):
    mine = key()
    add(mine, "a")
    job = store.find_job(state, mine.id, "a")
    assert (job.state, job.asked, job.counted) == ("queued", asked(k=3), Counted(100, 2, 1))
    assert (job.done, job.seconds_left, job.finished, job.expires, job.reason) == (0, None, None, None, None)


def test_callers_are_served_in_turn_and_each_by_age(state, key, add):
    many, few, one = key("many"), key("few"), key("one")
    add(many, *(f"m{number}" for number in range(5)))
    add(few, "f0", "f1")
    add(one, "o0")
    assert served(state) == ["m0", "f0", "o0", "m1", "f1", "m2", "m3", "m4"]


def test_a_caller_who_comes_late_is_served_before_those_who_were_served(state, key, add):
    first, late = key("first"), key("late")
    add(first, "a", "b")
    store.claim_next(state, 0)
    add(late, "c")
    store.put_back(state, "a", 0)
    assert served(state) == ["c", "a", "b"]


def test_deleting_a_job_does_not_win_another_turn(state, key, add):
    greedy, patient = key("greedy"), key("patient")
    add(greedy, "a")
    add(patient, "b")
    assert served(state) == ["a", "b"]
    store.cancel_job(state, greedy.id, "a")
    add(greedy, "c")
    add(patient, "d")
    store.cancel_job(state, patient.id, "b")
    assert served(state) == ["c", "d"]


def test_others_wait_only_where_their_keys_are_in_use(state, key, add):
    mine, other = key("mine"), key("other")
    add(mine, "a", "b")
    store.claim_next(state, 0)
    assert not store.others_wait(state, mine.id)
    add(other, "c")
    assert store.others_wait(state, mine.id)
    revoke_key(state, "other")
    assert not store.others_wait(state, mine.id)
    assert store.claim_next(state, 1).id == "b"
    assert store.claim_next(state, 2) is None


def test_many_workers_never_claim_the_same_job(state, folder, key, add):
    add(key(), *(f"j{number}" for number in range(20)))

    def claim(slot):
        with open_state(folder) as connection:
            ids = []
            while job := store.claim_next(connection, slot):
                ids.append(job.id)
            return ids

    with ThreadPoolExecutor(4) as threads:
        claimed = [job_id for ids in threads.map(claim, range(4)) for job_id in ids]
    assert sorted(claimed) == sorted(f"j{number}" for number in range(20))


def test_a_key_has_no_more_jobs_than_it_may_finished_ones_included(state, key, add):
    mine, other = key("mine"), key("other")
    add(mine, "a", "b", most=2)
    served(state)
    with pytest.raises(TooManyJobsError, match="2 reports"):
        add(mine, "c", most=2)
    with pytest.raises(TooManyJobsError):
        store.check_room(state, mine.id, 2)
    add(other, "d", most=2)
    store.cancel_job(state, mine.id, "a")
    add(mine, "c", most=2)


def test_another_key_s_job_is_no_job(state, key, add):
    mine, other = key("mine"), key("other")
    add(mine, "a")
    for call in (store.find_job, store.cancel_job):
        with pytest.raises(JobNotFoundError):
            call(state, other.id, "a")
    assert store.jobs_of(state, other.id) == []
    assert state_of(state, "a") == "queued"


def test_the_newest_job_is_told_first(state, key, add):
    mine = key()
    add(mine, "a", "b", "c")
    assert [job.id for job in store.jobs_of(state, mine.id)] == ["c", "b", "a"]


def test_whoever_wins_a_slot_takes_over_what_was_lost_there_and_nothing_else(state, key, add):
    mine = key()
    add(mine, "a", "b", "c", "d")
    for slot in (0, 1, 5):
        store.claim_next(state, slot)
    assert store.take_over(state, 0) == []
    assert [state_of(state, job_id) for job_id in "abcd"] == ["queued", "running", "running", "queued"]
    assert [store.find_job(state, mine.id, job_id).losses for job_id in "abcd"] == [1, 0, 0, 0]
    assert store.slots_beyond(state, 2) == [5]
    assert store.slots_beyond(state, 6) == []


def test_whoever_lost_a_slot_changes_nothing_of_the_job_that_another_has(state, key, add):
    """It was told as cancelled: its files were removed, and then the job itself."""
    mine = key()
    add(mine, "a")
    store.claim_next(state, 0)
    store.take_over(state, 0)
    assert not store.note_progress(state, "a", 0, 5, None)
    store.claim_next(state, 1)
    assert not store.note_progress(state, "a", 0, 5, None)
    assert not store.put_back(state, "a", 0)
    assert not store.finish_job(state, "a", 0, 1, size=1)
    assert not store.forget_cancelled(state, "a", 0)
    assert not store.forget_cancelled(state, "a", 1)
    job = store.find_job(state, mine.id, "a")
    assert (job.state, job.slot, job.done) == ("running", 1, 0)
    store.cancel_job(state, mine.id, "a")
    assert not store.forget_cancelled(state, "a", 0)
    assert store.forget_cancelled(state, "a", 1)
    assert state_of(state, "a") is None


def test_a_job_that_was_cancelled_under_a_server_that_died_is_forgotten(state, key, add):
    mine = key()
    add(mine, "a")
    store.claim_next(state, 0)
    assert not store.cancel_job(state, mine.id, "a")
    assert store.take_over(state, 0) == ["a"]
    assert state_of(state, "a") is None


def test_getting_on_makes_up_for_losses(state, key, add):
    mine = key()
    add(mine, "a")
    store.claim_next(state, 0)
    store.take_over(state, 0)
    store.claim_next(state, 0)
    assert store.put_back(state, "a", 0)
    store.claim_next(state, 0)
    assert store.note_progress(state, "a", 0, 0, None)
    assert store.find_job(state, mine.id, "a").losses == 1
    assert store.put_back(state, "a", 0, lost=True)
    store.claim_next(state, 0)
    assert store.find_job(state, mine.id, "a").losses == 2
    assert store.note_progress(state, "a", 0, 64, 12.5)
    job = store.find_job(state, mine.id, "a")
    assert (job.losses, job.done, job.seconds_left) == (0, 64, 12.5)


def test_a_job_that_was_cancelled_is_not_told_and_does_not_go_on(state, key, add):
    mine = key()
    add(mine, "a")
    store.claim_next(state, 0)
    store.cancel_job(state, mine.id, "a")
    with pytest.raises(JobNotFoundError):
        store.find_job(state, mine.id, "a")
    assert store.jobs_of(state, mine.id) == []
    assert not store.note_progress(state, "a", 0, 5, None)
    assert not store.put_back(state, "a", 0)
    assert not store.finish_job(state, "a", 0, 1, size=1)


def test_a_job_that_expired_is_not_told_and_the_sweep_forgets_it(state, key, add):
    mine = key()
    add(mine, "a", "b")
    store.claim_next(state, 0)
    store.finish_job(state, "a", 0, -1, size=1)
    with pytest.raises(JobNotFoundError):
        store.find_job(state, mine.id, "a")
    assert [job.id for job in store.jobs_of(state, mine.id)] == ["b"]
    assert store.sweep_jobs(state) == ["a"]
    assert store.kept_jobs(state) == {"b": "queued"}


def test_the_jobs_of_a_revoked_key_are_forgotten_and_one_that_runs_is_cancelled(state, key, add):
    add(key("gone"), "a", "b", "c")
    add(key("stays"), "d")
    assert store.claim_next(state, 0).id == "a"
    store.finish_job(state, "a", 0, 1, size=1)
    store.claim_next(state, 0)
    assert store.claim_next(state, 0).id == "b"
    revoke_key(state, "gone")
    assert sorted(store.sweep_jobs(state)) == ["a", "c"]
    assert store.kept_jobs(state) == {"b": "cancelled", "d": "running"}


def test_a_failed_job_tells_why_and_how_far_it_came(state, key, add):
    mine = key()
    add(mine, "a")
    store.claim_next(state, 0)
    store.note_progress(state, "a", 0, 64, 3.0)
    store.finish_job(state, "a", 0, 1, reason="no room")
    job = store.find_job(state, mine.id, "a")
    assert (job.state, job.reason, job.done, job.seconds_left) == ("failed", "no room", 64, None)
    assert job.finished < job.expires


def test_jobs_are_counted_by_state(state, key, add):
    add(key(), "a", "b", "c")
    store.claim_next(state, 0)
    assert store.count_jobs(state) == {"queued": 2, "running": 1, "done": 0, "failed": 0, "cancelled": 0}
