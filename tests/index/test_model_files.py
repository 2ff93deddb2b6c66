"""The files of an exported model: altered, and whole but nonsense."""

import shutil

import numpy as np
import pytest

import index.models
from index.case_index import CaseIndex
from index.encoder import EncoderIdentity
from index.errors import IndexDamagedError, SearchIndexError
from index.manifest import ModelEntry, describe_files
from index.models import open_model
from index.serving import ABOUT, GRAPH, MODEL_FILES, TOKENIZER, WEIGHTS, ModelFile, ServingEncoder, openvino
from service.opening import encoder_for
from service.settings import Settings

pytestmark = pytest.mark.usefixtures("no_waiting_for_the_disk")
KEY, DIMENSION = "0123456789abcdef", 16
WHOLE = {
    "first bit flipped": lambda content: bytes([content[0] ^ 128]) + content[1:],
    "middle bit flipped": lambda content: (
        content[: len(content) // 2]
        + bytes([content[len(content) // 2] ^ 1])
        + content[len(content) // 2 + 1 :]
    ),
    "last bit flipped": lambda content: content[:-1] + bytes([content[-1] ^ 1]),
    "cut": lambda content: content[: len(content) // 2],
    "empty": lambda _: b"",
    "one byte more": lambda content: content + b"\n",
}


def write_tiny_model(folder):
    """Write an exported model that sums up random vectors of tokens."""
    ov = openvino()
    from openvino import opset13 as op
    from tokenizers import Tokenizer, models, pre_tokenizers

    inputs = [op.parameter([-1, -1], np.int64, name=name) for name in ("input_ids", "attention_mask")]
    for node in inputs:
        node.output(0).set_names({node.friendly_name})
    table = np.random.default_rng(1).normal(size=(64, DIMENSION)).astype(np.float32)
    tokens = op.gather(op.constant(table), inputs[0], op.constant(0))
    told = op.unsqueeze(op.convert(inputs[1], "f32"), op.constant(2))
    total = op.reduce_sum(op.multiply(tokens, told), op.constant([1]))
    ov.save_model(ov.Model([op.normalize_l2(total, op.constant([1]), 1e-9, "add")], inputs), folder / GRAPH)
    words = Tokenizer(models.WordLevel({"[UNK]": 0, "slow": 1, "broadband": 2}, unk_token="[UNK]"))  # noqa: S106
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.save(str(folder / TOKENIZER))
    (folder / ABOUT).write_text(about().model_dump_json())


def about(**changes):
    sound = {
        "identity": EncoderIdentity("tiny", "0" * 64, DIMENSION),
        "precision": "f32",
        "most_tokens": 32,
        "runtime": "openvino",
        "mean_cosine": 1,
        "least_cosine": 1,
        "verified_on": 1,
    }
    return ModelFile.model_construct(**{**sound, **changes})


@pytest.fixture
def tiny_index(index_dir, republish):
    """An index with an exported model beside it."""
    folder = index_dir / "models" / KEY
    folder.mkdir(parents=True)
    write_tiny_model(folder)
    republish(model=ModelEntry(key=KEY, precision="f32", files=describe_files(folder)))
    return index_dir


def ask(index_dir):
    manifest = CaseIndex.open(index_dir).manifest
    return open_model(index_dir, manifest.model).encode_queries(["slow broadband"])


def test_a_sound_model_answers_with_unit_vectors(tiny_index):
    vectors = ask(tiny_index)
    assert vectors.shape == (1, DIMENSION)
    assert np.linalg.norm(vectors) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("alter", WHOLE.values(), ids=WHOLE)
def test_no_altered_file_of_a_model_is_read(tiny_index, monkeypatch, alter):
    monkeypatch.setattr(index.models, "read_about", lambda _: pytest.fail("it was read"))
    entry = CaseIndex.open(tiny_index).manifest.model
    assert set(entry.files) == set(MODEL_FILES)
    for name in MODEL_FILES:
        file = tiny_index / "models" / KEY / name
        whole = file.read_bytes()
        file.write_bytes(alter(whole))
        with pytest.raises(IndexDamagedError, match="checksum") as caught:
            open_model(tiny_index, entry)
        assert caught.value.file == file
        file.unlink()
        with pytest.raises(IndexDamagedError, match="is missing") as caught:
            open_model(tiny_index, entry)
        assert caught.value.file == file
        file.write_bytes(whole)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (GRAPH, b""),
        (GRAPH, b"nonsense"),
        (GRAPH, b'<?xml version="1.0"?><net name="x" version="11"><layers></layers><edges></edges></net>'),
        (GRAPH, b"\xff\xfe\x00"),
        (WEIGHTS, b""),
        (WEIGHTS, b"\x00" * 7),
        (TOKENIZER, b""),
        (TOKENIZER, b"{}"),
        (TOKENIZER, b"\xff"),
        (TOKENIZER, b"[" * 100_000),
        (ABOUT, b""),
        (ABOUT, b"[]"),
        (ABOUT, b"\xff"),
        (ABOUT, about(precision="int4").model_dump_json(warnings=False).encode()),
        (ABOUT, about(most_tokens=-1).model_dump_json().encode()),
        (ABOUT, about(identity=EncoderIdentity("tiny", "0" * 64, DIMENSION - 1)).model_dump_json().encode()),
    ],
)
def test_a_file_of_a_model_that_is_whole_and_nonsense_is_told(tiny_index, republish, name, content):
    (tiny_index / "models" / KEY / name).write_bytes(content)
    files = describe_files(tiny_index / "models" / KEY)
    republish(model=ModelEntry(key=KEY, precision="f32", files=files))
    with pytest.raises(SearchIndexError) as caught:
        ask(tiny_index)
    assert str(tiny_index / "models" / KEY) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.model
def test_each_altered_file_of_the_real_model_is_named_and_a_loaded_model_outlives_its_files(
    real_index, tmp_path
):
    copy = shutil.copytree(real_index, tmp_path / "index")
    opened = CaseIndex.open(copy)
    encoder = encoder_for(Settings(), opened)
    assert isinstance(encoder, ServingEncoder)
    for name in MODEL_FILES:
        file = encoder.folder / name
        whole = file.read_bytes()
        for alter in (WHOLE["middle bit flipped"], WHOLE["cut"]):
            file.write_bytes(alter(whole))
            with pytest.raises(IndexDamagedError, match="checksum") as caught:
                encoder_for(Settings(), opened)
            assert caught.value.file == file
        file.write_bytes(whole)
    before = encoder.encode_queries(["slow broadband"])
    shutil.rmtree(encoder.folder)
    np.testing.assert_array_equal(encoder.encode_queries(["slow broadband"]), before)
