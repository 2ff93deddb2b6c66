"""Train the domain adapter: a low-rank change to the default model, for leaders' words.

Run:  python -m training.adapter [--out FILE] [--start ADAPTER] [--epochs N] [--rate X]

Pairs of a query and a text that answers it, from training/data: every query of queries.jsonl with the
statements, and with the whole or the summary, of the case it is about; every judged query with the
statements marked in its useful cases, and with the whole or the summary of those that meet it head-on. The
other texts of a batch are negatives, except those of cases that may answer too: for a judged query the cases
graded 1 or more, otherwise those that share a technology with its own. Words of a query are swapped at random
for others of the same concept, and slips are made, so that the vocabulary and forgiveness reach the vectors
too.

Cases named in tests/relevance/unseen-cases.txt take no part. What was gained on them is printed at the end.

Source: Hu et al., "LoRA: low-rank adaptation of large language models", 2021, arXiv:2106.09685; in-batch
negatives as in Henderson et al., 2017, arXiv:1705.00652
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import torch
from peft import LoraConfig
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer
from tqdm import tqdm

from corpus.vocabulary import Vocabulary, shipped_vocabulary, stems_with_spans
from index.adapter import SHIPPED_ADAPTER
from index.encoder import default_model_folder
from training.pairs import Pair, all_pairs
from training.unseen import dense_ndcg

SEED, RANK, ALPHA = 7, 16, 32
BATCH, EPOCHS, LEARNING_RATE, WARMUP, SCALE = 48, 2, 5e-4, 0.1, 20.0
CHUNK = 12  # texts encoded together
LONGEST = 160  # tokens while training; the model itself takes 256
SWAPPED, SLIPS = 0.3, 0.1  # of the concepts, and of the queries
TARGETS = ["query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense"]
_WORD = re.compile(r"[^\W\d_]{5,}")


def main() -> None:
    """Train, measure on the unseen cases, and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=SHIPPED_ADAPTER)
    parser.add_argument("--start", type=Path, help="adapter to go on from, where cases have joined")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--rate", type=float, default=LEARNING_RATE)
    options = parser.parse_args()
    out = options.out
    torch.manual_seed(SEED)
    model = SentenceTransformer(str(default_model_folder()), device="cpu", local_files_only=True)
    before = dense_ndcg(model)
    # No dropout: random numbers cost more than the arithmetic on a processor, and the rank is low enough.
    model.add_adapter(
        LoraConfig(r=RANK, lora_alpha=ALPHA, lora_dropout=0.0, target_modules=TARGETS, bias="none")
    )
    if options.start:
        go_on_from(model, options.start)
    pairs = all_pairs(random.Random(SEED))  # noqa: S311 -- an order, not a secret
    train(model, pairs, epochs=options.epochs, rate=options.rate)
    after = dense_ndcg(model)
    for name, value in before.items():
        print(f"{name}: nDCG@10 {value:.3f} as published, {after[name]:.3f} adapted")
    save(model, out)
    print(f"{out}: {out.stat().st_size / 1e6:.2f} MB")


def train(
    model: SentenceTransformer, pairs: list[Pair], *, epochs: int = EPOCHS, rate: float = LEARNING_RATE
) -> None:
    """Train the model's adapter in place."""
    generator, vocabulary = random.Random(SEED), shipped_vocabulary()  # noqa: S311
    steps = epochs * sum(1 for _ in batches(pairs, random.Random(SEED)))  # noqa: S311
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rate, total_steps=steps + 1, pct_start=WARMUP, anneal_strategy="linear"
    )
    longest, model.max_seq_length = model.max_seq_length, LONGEST
    model.eval()
    with tqdm(total=steps, unit=" steps", mininterval=10) as bar:
        for _ in range(epochs):
            for batch in batches(pairs, generator):
                if bar.n >= steps:
                    break
                varied = [replace(pair, query=vary(pair.query, vocabulary, generator)) for pair in batch]
                with torch.autocast("cpu", torch.bfloat16):
                    loss = loss_of(model, varied)
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(weights, 1.0)
                optimizer.step()
                schedule.step()
                bar.update()
                bar.set_postfix(loss=f"{loss.item():.3f}")
    model.max_seq_length = longest


def batches(pairs: list[Pair], generator: random.Random) -> Iterator[list[Pair]]:
    """Yield batches in which every pair is about another case."""
    waiting = pairs[:]
    generator.shuffle(waiting)
    while True:
        batch: dict[str, Pair] = {}
        left = []
        for pair in waiting:
            if len(batch) < BATCH and pair.case.id not in batch:
                batch[pair.case.id] = pair
            else:
                left.append(pair)
        if len(batch) < BATCH // 2:
            return
        waiting = left
        yield list(batch.values())


def loss_of(model: SentenceTransformer, batch: list[Pair]) -> torch.Tensor:
    """Return the cross entropy of each query's own text among those that do not answer it, both ways."""
    queries, texts = (embed(model, [getattr(pair, side) for pair in batch]) for side in ("query", "text"))
    scores = SCALE * queries @ texts.T
    may_answer = torch.tensor([[one.may_be_answered_by(other.case) for other in batch] for one in batch])
    others = ~torch.eye(len(batch), dtype=torch.bool)
    own = torch.arange(len(batch))
    entropy = torch.nn.functional.cross_entropy
    by_query = entropy(scores.masked_fill(may_answer & others, -1e4), own)
    shared = torch.tensor([[one.shares_technology_with(other.case) for other in batch] for one in batch])
    by_text = entropy(scores.T.masked_fill((may_answer.T | shared) & others, -1e4), own)
    return (by_query + by_text) / 2


def embed(model: SentenceTransformer, texts: list[str]) -> torch.Tensor:
    """Return unit vectors that gradients flow through, shape ``(n_texts, dimension)``.

    Texts of like length go together: padding all of them to the longest would double the time.
    """
    order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    chunks = [order[start : start + CHUNK] for start in range(0, len(order), CHUNK)]
    vectors = torch.cat(
        [model(model.preprocess([texts[n] for n in chunk]))["sentence_embedding"] for chunk in chunks]
    )
    back = torch.tensor(sorted(range(len(order)), key=order.__getitem__))
    return torch.nn.functional.normalize(vectors[back], dim=1)


def vary(query: str, vocabulary: Vocabulary, generator: random.Random) -> str:
    """Return a query with some concepts under another of their names, and now and then a slip."""
    words = stems_with_spans(query)
    for mention in reversed(vocabulary.mentions([stem for stem, _, _ in words])):
        if generator.random() < SWAPPED:
            concept = vocabulary.concepts[mention.concept]
            start, end = words[mention.start][1], words[mention.end - 1][2]
            query = query[:start] + generator.choice([concept.label, *concept.words]) + query[end:]
    long = list(_WORD.finditer(query))
    if not long or generator.random() >= SLIPS:
        return query
    word = generator.choice(long)
    at = generator.randrange(word.start(), word.end() - 1)
    slip = generator.choice([query[at + 1] + query[at], query[at], query[at] * 2 + query[at + 1]])
    return query[:at] + slip + query[at + 2 :]


def go_on_from(model: SentenceTransformer, file: Path) -> None:
    """Give the adapter in training the factors of one that `save` wrote."""
    factors = load_file(file)
    for name, weight in model.named_parameters():
        if "lora_" in name:
            weight.data.copy_(factors.pop(_name_of(name)).to(weight.dtype))
    if factors:
        raise ValueError(f"{file} has factors of other weights: {', '.join(sorted(factors)[:3])}")


def _name_of(parameter: str) -> str:
    return parameter.removeprefix("0.model.").replace(".default", "")


def save(model: SentenceTransformer, file: Path) -> None:
    """Write the two factors of every changed weight in half precision, with the scale in the header."""
    factors = {
        _name_of(name): weight.detach().half().contiguous()
        for name, weight in model.named_parameters()
        if "lora_" in name
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file(factors, file, metadata={"scale": str(ALPHA / RANK), "rank": str(RANK), "seed": str(SEED)})


if __name__ == "__main__":
    main()
