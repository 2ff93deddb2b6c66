from __future__ import annotations

from service.minutes import MinuteCounter


class Clock:
    """A clock that is set."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def test_each_has_a_limit_of_its_own_until_the_minute_of_the_clock_ends():
    clock = Clock(1_200.0)
    counter = MinuteCounter(clock)
    assert [counter.count("a", 3).allowed for _ in range(5)] == [True, True, True, False, False]
    assert counter.count("b", 3).allowed
    clock.now = 1_259.9
    refused = counter.count("a", 3)
    assert (refused.allowed, refused.limit, refused.left, refused.seconds) == (False, 3, 0, 1)
    clock.now = 1_260.0
    again = counter.count("a", 3)
    assert (again.allowed, again.left, again.seconds) == (True, 2, 60)


def test_a_question_that_was_refused_is_not_counted():
    counter = MinuteCounter(Clock(0.0))
    assert counter.count("a", 12, cost=10).left == 2
    assert not counter.count("a", 12, cost=10).allowed
    assert counter.count("a", 12, cost=2).allowed


def test_what_costs_more_than_the_limit_is_allowed_once():
    counter = MinuteCounter(Clock(0.0))
    assert [counter.count("a", 5, cost=10).allowed for _ in range(2)] == [True, False]


def test_nobody_who_asked_in_an_earlier_minute_is_remembered():
    clock = Clock(0.0)
    counter = MinuteCounter(clock)
    for number in range(1000):
        counter.count(f"10.0.0.{number}", 5)
    clock.now = 60.0
    counter.count("a", 5)
    assert list(counter._counts) == ["a"]


def test_the_headers_tell_the_standing():
    standing = MinuteCounter(Clock(90.0)).count("a", 5)
    assert standing.headers == {
        "RateLimit-Limit": "5",
        "RateLimit-Remaining": "4",
        "RateLimit-Reset": "30",
    }
