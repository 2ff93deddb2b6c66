"""Topics are told by tags, and every tag of a topic is one that cases use."""

from __future__ import annotations

from corpus.topics import OTHER, shipped_topics, topics_of
from service.opening import read_all
from service.settings import load_settings


def test_a_case_is_of_every_topic_that_one_of_its_tags_is_of(make_case):
    assert topics_of(make_case(technology=["phone-ban", "parent-app"])) == ("phones", "parents")


def test_a_case_without_a_tag_of_a_topic_is_of_none_of_them(make_case):
    assert topics_of(make_case(technology=["bus-routing"])) == (OTHER,)


def test_no_tag_of_a_topic_is_one_that_no_case_has():
    used = {tag for case in read_all([load_settings().cases]) for tag in case.technology}
    assert {topic.id: topic.tags - used for topic in shipped_topics().values() if topic.tags - used} == {}


def test_no_topic_is_called_what_is_of_none():
    assert OTHER not in shipped_topics()
