"""Many questions answered as one by one, and sooner: what depends on the words alone is worked out once.

Schools share concerns word for word, so reading, encoding and searching are remembered by the text, and only
ranking by the school and what follows from it is done for each. New texts are encoded in bulk.

The answers are those of `Matcher.match`, bit for bit, whatever the size of a batch: the steps are the same
functions on the same values, and an encoder that encodes in bulk vouches for its vectors. For that reason
the passages are not compared with many texts in one matrix product: BLAS adds up in another order there, and
beside the encoder it would save next to nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Generic, Protocol, TypeVar, runtime_checkable

from engine.answers import Answer
from engine.concern import Concern
from engine.context import SchoolContext
from engine.matcher import DEFAULT_MATCHES, Found, Matcher, Understood
from engine.ranking import NO_PREFERENCES, Preferences
from index.encoder import Encoder, Vectors

BATCH = 256  # questions; larger batches are hardly encoded sooner
TEXTS = 8192  # whose reading and vectors are remembered, some kilobytes each
SEARCHES = 512  # whose nearness to every case is remembered, some ten kilobytes a hundred cases each

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Question:
    """One call of `Matcher.match`, to be answered among many."""

    text: str
    context: SchoolContext | None = None
    k: int = DEFAULT_MATCHES
    preferences: Preferences = NO_PREFERENCES


@runtime_checkable
class BulkEncoder(Protocol):
    """An encoder that encodes many questions at once, each bit for bit as `Encoder.encode_queries` would."""

    def encode_questions(self, questions: Sequence[Sequence[str]]) -> list[Vectors]:
        """Return the vectors of each question's texts."""
        ...


@dataclass(frozen=True, slots=True)
class _Read:
    """A text that was understood and encoded."""

    understood: Understood
    vectors: Vectors


class ManyAnswers:
    """Answers streams of questions, and remembers their words from one stream to the next."""

    def __init__(self, matcher: Matcher, batch: int = BATCH) -> None:
        """Take what answers, and how many questions are read ahead and encoded together.

        Raises:
            ValueError: If the batch is below 1.
        """
        if batch < 1:
            raise ValueError(f"the batch is {batch}, but at least 1 question must be answered at a time")
        self._matcher, self._size = matcher, batch
        self._read: _Latest[_Read] = _Latest(TEXTS)
        self._found: _Latest[Found | None] = _Latest(SEARCHES)

    def answers(self, questions: Iterable[Question]) -> Iterator[Answer]:
        """Answer questions in their order, in constant memory.

        Args:
            questions: Taken as they are needed, one batch ahead; the answers do not depend on its size.

        Raises:
            ValueError: If a question's ``k`` is below 1.
        """
        coming = iter(questions)
        while some := list(islice(coming, self._size)):
            read = self._read_all([question.text for question in some])
            for question in some:
                yield self._answer(question, read[question.text])

    def _answer(self, question: Question, read: _Read) -> Answer:
        found = self._found.get(question.text, lambda: self._matcher.find(read.understood, read.vectors))
        concern = _asked_for(read.understood.concern, question.context)
        return self._matcher.answer_found(concern, found, question.k, question.preferences)

    def _read_all(self, texts: Sequence[str]) -> dict[str, _Read]:
        """Return what each text means, the new ones encoded together."""
        read: dict[str, _Read] = {}
        new: list[str] = []
        for text in dict.fromkeys(texts):
            if (known := self._read.known(text)) is None:
                new.append(text)
            else:
                read[text] = known
        understood = [self._matcher.understand(text) for text in new]
        vectors = _encoded(self._matcher.encoder, [one.texts for one in understood])
        for text, one, its_vectors in zip(new, understood, vectors, strict=True):
            # A copy: a view would keep the vectors of the whole batch in memory.
            read[text] = self._read.keep(text, _Read(one, its_vectors.copy()))
        return read


def _asked_for(concern: Concern, explicit: SchoolContext | None) -> Concern:
    """Return a concern, read without a school, as a school asks it: what it says of itself wins."""
    return concern if explicit is None else replace(concern, context=explicit.over(concern.context))


def _encoded(encoder: Encoder, questions: Sequence[Sequence[str]]) -> list[Vectors]:
    if isinstance(encoder, BulkEncoder):
        return encoder.encode_questions(questions)
    return [encoder.encode_queries(texts) for texts in questions]


class _Latest(Generic[Value]):
    """The values of the keys that were asked for last."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[str, Value] = OrderedDict()

    def known(self, key: str) -> Value | None:
        if key in self._values:
            self._values.move_to_end(key)
        return self._values.get(key)

    def get(self, key: str, make: Callable[[], Value]) -> Value:
        if key in self._values:
            self._values.move_to_end(key)
            return self._values[key]
        return self.keep(key, make())

    def keep(self, key: str, value: Value) -> Value:
        self._values[key] = value
        if len(self._values) > self._size:
            self._values.popitem(last=False)
        return value
