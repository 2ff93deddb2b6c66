"""Text of a YAML, JSON or JSON Lines file in, raw records with their places out.

Untrusted input: nothing is constructed but plain values, a repeated key is refused rather than
half-read, and YAML aliases are refused (the format has no use for them, and they can be made to
explode). YAML is read by the JSON-like rules of version 1.2, so that Norway's ``NO`` stays text and a
date stays as it was written.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from corpus.issues import Issue, Place

FieldPath = tuple[str | int, ...]
DEEPEST = 100  # levels; a case record has five
FORMATS = (".yaml", ".yml", ".json", ".jsonl")


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A value that should be a record, and where it stands.

    ``lines`` gives the 1-based line of each field, by its path; only YAML has them.
    """

    value: Any
    place: Place
    lines: dict[FieldPath, int] = field(default_factory=dict)

    def line_of(self, path: FieldPath) -> int | None:
        """Return the line of a field, or of the nearest part around it that has one."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return self.place.line


class _MalformedError(ValueError):
    """Text that is not in its format; ``line`` is 1-based, or None."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def parse_file(path: Path) -> Iterator[RawRecord | Issue]:
    """Yield what a file holds: raw records, and an issue for each part that cannot be parsed."""
    place = Place(str(path))
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield Issue("not-text", f"byte {error.start} is not UTF-8 text; save the file as UTF-8", place)
        return
    except OSError as error:
        yield Issue("unreadable", f"cannot be read: {error.strerror}", place)
        return
    parse = {".jsonl": _parse_json_lines, ".json": _parse_json}.get(path.suffix.lower(), _parse_yaml)
    yield from parse(text, place)


def _parse_json_lines(text: str, place: Place) -> Iterator[RawRecord | Issue]:
    # Not splitlines(): JSON strings may hold U+2028 and other separators which do not end a line.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        here = Place(place.file, number)
        try:
            yield RawRecord(load_json(line), here)
        except _MalformedError as error:
            yield Issue("malformed", f"this line is not one JSON value: {error}", here)


def _parse_json(text: str, place: Place) -> Iterator[RawRecord | Issue]:
    try:
        value = load_json(text)
    except _MalformedError as error:
        yield Issue("malformed", f"not JSON: {error}", Place(place.file, error.line))
        return
    if isinstance(value, list):
        yield from (RawRecord(item, Place(f"{place.file}[{number}]")) for number, item in enumerate(value))
    else:
        yield RawRecord(value, place)


def load_json(text: str) -> Any:
    """Parse one JSON value strictly: no repeated keys, no NaN, no lone surrogates.

    Raises:
        ValueError: With a message that says what is wrong.
    """
    try:
        value = json.loads(
            text, object_pairs_hook=_without_repeats, parse_constant=_refuse_constant, parse_float=_finite
        )
    except json.JSONDecodeError as error:
        raise _MalformedError(
            f"{error.msg} (line {error.lineno}, column {error.colno})", error.lineno
        ) from error
    except RecursionError as error:
        raise _MalformedError("nested too deeply") from error
    except _MalformedError:
        raise
    except ValueError as error:  # Python refuses to read integers of more than 4300 digits
        raise _MalformedError("a number has too many digits") from error
    if re.search(r"\\u[dD][89a-fA-F]", text):  # only an escape can bring in half a surrogate pair
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise _MalformedError("an escape stands for half a character (a lone surrogate)") from error
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise _MalformedError(f"the key {key!r} stands twice in one object")
        result[key] = value
    return result


def _refuse_constant(name: str) -> Any:
    raise _MalformedError(f"{name} is not a JSON value; leave the key out where the figure is unknown")


def _finite(digits: str) -> float:
    if math.isinf(number := float(digits)):
        raise _MalformedError(f"{digits[:40]} is too large a number")
    return number


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe values only, resolved by YAML 1.2's JSON schema: null, true/false, numbers, else text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile(r"^(null|Null|NULL|~|)$"), ["n", "N", "~", ""]
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(0|[1-9][0-9]*)$"), list("-0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^-?(0|[1-9][0-9]*)\.[0-9]+$"), list("-0123456789")
)


def _figure(_: Any, node: yaml.ScalarNode) -> float | str:
    """Keep a figure that a float would write otherwise, such as 3.10, as the text it is."""
    return number if str(number := float(node.value)) == node.value else str(node.value)


_Loader.add_constructor("tag:yaml.org,2002:float", _figure)


def _refuse_what_yaml_alone_has(text: str) -> None:
    """Refuse aliases, tags and deep nesting while they are events: composing them costs memory and stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent):
            raise _MalformedError("aliases (*name) are not accepted; write the value out", line)
        if tag := getattr(event, "tag", None):
            raise _MalformedError(f"the tag {tag} is not accepted; write the plain value", line)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise _MalformedError("nested too deeply", line)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _parse_yaml(text: str, place: Place) -> Iterator[RawRecord | Issue]:
    loader = _Loader(text)
    try:
        _refuse_what_yaml_alone_has(text)
        root = loader.get_single_node()
        if root is None:
            yield Issue("empty", "the file holds no record", place)
            return
        lines = _lines_by_path(root)
        value = loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        yield Issue("malformed", f"not YAML: {error.problem or error.context}", Place(place.file, line))
        return
    except _MalformedError as error:
        yield Issue("malformed", f"not YAML: {error}", Place(place.file, error.line))
        return
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        yield Issue("malformed", f"not YAML: {str(error).splitlines()[0]}", place)
        return
    finally:
        loader.dispose()
    if isinstance(value, list):
        for number, item in enumerate(value):
            own = {path[1:]: line for path, line in lines.items() if path[:1] == (number,) and len(path) > 1}
            yield RawRecord(item, Place(place.file, lines[(number,)]), own)
    else:
        yield RawRecord(value, Place(place.file, root.start_mark.line + 1), lines)


def _lines_by_path(root: yaml.Node) -> dict[FieldPath, int]:
    lines: dict[FieldPath, int] = {}
    stack: list[tuple[FieldPath, yaml.Node]] = [((), root)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, yaml.SequenceNode):
            for number, child in enumerate(node.value):
                lines[(*path, number)] = child.start_mark.line + 1
                stack.append(((*path, number), child))
        elif isinstance(node, yaml.MappingNode):
            for key, child in node.value:
                here = (*path, str(key.value))
                if here in lines:
                    raise _MalformedError(f"the key {key.value!r} stands twice", key.start_mark.line + 1)
                lines[here] = key.start_mark.line + 1
                stack.append((here, child))
    return lines
