from __future__ import annotations

import hashlib

import pytest

from service.state.database import FILE
from service.state.errors import KeyNameTakenError, KeyNotFoundError
from service.state.keys import USUAL_SCOPES, count_use, create_key, find_key, list_keys, revoke_key


def test_a_key_is_found_by_its_text_alone(state):
    key, token = create_key(state, "intranet")
    assert token.startswith(f"{key.prefix}_")
    assert find_key(state, token) == key
    assert key.scopes == USUAL_SCOPES
    wrong = token[:-1] + ("a" if token[-1] != "a" else "b")
    for other in (wrong, token[:-1], token + "a", key.prefix, "", "warts_", token.upper(), "x" * 9999):
        assert find_key(state, other) is None


def test_keys_have_256_random_bits_and_are_told_apart_by_their_prefix(state):
    made = [create_key(state, f"site {number}") for number in range(20)]
    assert len({key.prefix for key, _ in made}) == 20
    secrets = {token.split("_", 2)[2] for _, token in made}
    assert len(secrets) == 20
    assert {len(secret) for secret in secrets} == {43}  # 256 bits in base 64


def test_the_database_holds_the_sha_256_and_no_text_of_the_key(state, folder):
    _, token = create_key(state, "intranet")
    (digest,) = state.execute("SELECT digest FROM api_keys").fetchone()
    assert digest == hashlib.sha256(token.encode()).digest()
    state.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert token.split("_", 2)[2].encode() not in (folder / FILE).read_bytes()


def test_a_revoked_key_is_not_found_stays_listed_and_frees_its_name(state):
    key, token = create_key(state, "intranet")
    with pytest.raises(KeyNameTakenError):
        create_key(state, "intranet")
    assert revoke_key(state, "intranet").revoked is not None
    assert find_key(state, token) is None
    with pytest.raises(KeyNotFoundError):
        revoke_key(state, "intranet")
    again, _ = create_key(state, "intranet")
    assert [one.prefix for one in list_keys(state)] == [key.prefix, again.prefix]
    assert [bool(one.revoked) for one in list_keys(state)] == [True, False]


def test_a_days_quota_is_counted_to_its_end_and_begins_again_the_next_day(state):
    key, _ = create_key(state, "intranet", per_day=3)
    assert [count_use(state, key, "2026-11-22", 1) for _ in range(5)] == [1, 2, 3, None, None]
    assert count_use(state, key, "2026-11-23", 1) == 1
    (now,) = list_keys(state)
    assert (now.last_used, now.used) == ("2026-11-23", 1)


def test_a_use_that_costs_more_than_is_left_is_refused_and_not_counted(state):
    key, _ = create_key(state, "intranet", per_day=12)
    assert count_use(state, key, "2026-11-22", 10) == 10
    assert count_use(state, key, "2026-11-22", 10) is None
    assert count_use(state, key, "2026-11-22", 2) == 12


def test_a_key_without_a_quota_notes_the_day_it_was_used(state):
    key, token = create_key(state, "intranet")
    assert key.last_used is None
    count_use(state, key, "2026-11-22", 0)
    found = find_key(state, token)
    assert found is not None
    assert (found.last_used, found.used) == ("2026-11-22", 0)
