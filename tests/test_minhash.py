"""Word hashes, shingles, signatures and bands, held against plain Python and against datasketch."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence

import numpy as np
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuslint.comparing.candidates import Candidates
from corpuslint.comparing.grouping import Grouping
from corpuslint.minhash import (
    band_keys,
    choose_bands,
    shingle_hash,
    shingle_hash64,
    shingle_hashes,
    signatures,
    to_datasketch,
)
from corpuslint.normal import fold, fold_apart, normal, words
from corpuslint.scan.words import fmix64, hash_words, text_hashes, word_hash

TEXTS = (
    "",
    "   \n",
    "The ferry leaves at nine, and it comes back at noon; the ferry leaves at nine again.",
    "Straße ﬁnden İstanbul ŉ ǰ",
    "مَدْرَسة ٱلْحِكْمةِ ـ مدرســة أحمد إلى ۱۲ ٣",
    "図書館は九時に開きます。",
    "ห้องสมุดเปิดเก้าโมง กำ",
    "a\u200db soft\u00adhyphen a\ufeffb",
    "\ud800 lone",
    "© 2024 नमस्ते दुनिया",
)
any_texts = st.lists(st.text(st.characters(), max_size=60) | st.text("aß 日\n.İé", max_size=60), max_size=8)


def expected(texts: Sequence[str], size: int) -> list[set[int]]:
    found = []
    for text in texts:
        row = words(text)
        found.append({shingle_hash64(row[place : place + size]) for place in range(len(row) - size + 1)})
    return found


@given(any_texts)
@settings(max_examples=150, deadline=None)
def test_word_hashes_are_those_of_the_normalised_words(texts: list[str]) -> None:
    hashed = hash_words(texts)
    for number, text in enumerate(texts):
        row = hashed.hashes[hashed.starts[number] : hashed.starts[number + 1]].tolist()
        assert row == [word_hash(word) for word in words(text)]


def test_long_texts_are_hashed_in_pieces_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [*TEXTS, " ".join(TEXTS) * 9, "unbroken" * 50, "", "、".join("図書館" * 20), "a b " * 90]
    whole = hash_words(texts)
    for length in (1, 7, 64):
        monkeypatch.setattr("corpuslint.scan.words.LONG", length)
        pieces = hash_words(texts)
        assert (pieces.hashes == whole.hashes).all()
        assert (pieces.starts == whole.starts).all()


def test_every_code_point_folds_in_arrays_as_in_normal() -> None:
    points = [chr(point) for point in range(0x110000)]
    sample = points[:0x3000] + random.Random(1).sample(points, 4000)
    hashed = hash_words([f"a{character}b" for character in sample])
    for number, character in enumerate(sample):
        row = hashed.hashes[hashed.starts[number] : hashed.starts[number + 1]].tolist()
        assert row == [word_hash(word) for word in words(f"a{character}b")], hex(ord(character))


def test_decomposed_characters_hash_as_composed_ones() -> None:
    """Every character that decomposes, taken apart in each way, alone and behind a letter with a mark of its own."""
    texts = []
    for point in range(0x110000):
        character = chr(point)
        if unicodedata.decomposition(character) and not 0xAC00 <= point < 0xD700:
            texts += [unicodedata.normalize(form, character) for form in ("NFD", "NFKD")]
            texts.append("\u0628\u064e" + unicodedata.normalize("NFD", character)[1:] + character)
    texts += ["\u1100\u1161\u11a8", "\uac00\u11a8", "e\u0301\u0323", "\u0627\u064b\u0654", "\u0627\u0654\u064b"]
    hashed = hash_words(texts)
    for number, text in enumerate(texts):
        row = hashed.hashes[hashed.starts[number] : hashed.starts[number + 1]].tolist()
        assert row == [word_hash(word) for word in words(text)], ascii(text)


def test_what_a_character_becomes_stands_for_itself() -> None:
    """The array form rewrites "ß" to "ss" once and looks the result up again."""
    for point in range(0x110000):
        becomes = fold(chr(point))
        if len(becomes) > 1:
            assert "".join(map(fold, becomes)).split() == becomes.split(), hex(point)


def test_letter_variants_stay_apart_where_asked() -> None:
    apart, unified = (hash_words(["أحمد احمد", "مدرسة مدرسـة"], unified) for unified in (False, True))
    assert apart.hashes[0] != apart.hashes[1]
    assert unified.hashes[0] == unified.hashes[1]
    assert apart.hashes[2] == apart.hashes[3], "tatweel only stretches a word"
    assert fold_apart("ß") == fold("ß")


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_fmix64_is_a_bijection_that_differs(one: int, other: int) -> None:
    assert (fmix64(one) == fmix64(other)) == (one == other)


def test_text_hashes_know_order_and_length() -> None:
    hashes = text_hashes(hash_words(["a b", "b a", "a b a b", "A, b!", ""])).tolist()
    assert hashes[0] == hashes[3]
    assert len(set(hashes)) == 4
    assert hashes[4] == 0


@pytest.mark.parametrize("size", [1, 2, 5])
def test_shingles_are_runs_of_words_inside_one_text(size: int) -> None:
    shingles = shingle_hashes(hash_words(TEXTS), size)
    sets = list(shingles.sets.each())
    assert [set(hashes.tolist()) for hashes in sets] == expected(TEXTS, size)
    assert all((np.diff(hashes.astype(object)) > 0).all() for hashes in sets)


@pytest.mark.parametrize(("permutations", "seed"), [(128, 1), (64, 7), (256, 4_000_000_000)])
def test_signatures_are_datasketchs_bit_for_bit(permutations: int, seed: int) -> None:
    texts = [*TEXTS, " ".join(f"w{n % 700}" for n in range(40_000))]
    ours = signatures(hash_words(texts), 2, permutations, seed)
    assert ours.dtype == np.uint32
    for text, signature in zip(texts, ours, strict=True):
        theirs = MinHash(permutations, seed, hashfunc=shingle_hash, scheme="affine32")
        row = words(text)
        for place in range(len(row) - 1):
            theirs.update(" ".join(row[place : place + 2]).encode("utf-8", "surrogatepass"))
        assert (theirs.hashvalues == signature).all()


def test_a_signature_goes_on_as_a_datasketch_one() -> None:
    text = "one two three four five six seven"
    whole, part = (signatures(hash_words([t]), 3, 128)[0] for t in (text, text.rpartition(" ")[0]))
    grown = to_datasketch(part)
    grown.update(b"five six seven")
    assert (grown.hashvalues == whole).all()


def test_bands_find_a_pair_at_the_threshold_with_the_promised_probability() -> None:
    for threshold in (0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.99, 1.0):
        for permutations in (16, 64, 128, 256):
            bands = choose_bands(threshold, permutations)
            assert bands.bands * bands.rows <= permutations
            longer = permutations // (bands.rows + 1)
            assert bands.probability(threshold) >= 0.99 or bands.rows == 1
            assert not longer or 1 - (1 - threshold ** (bands.rows + 1)) ** longer < 0.99
    assert choose_bands(0.7, 128) == type(bands)(32, 4)


def test_candidates_are_those_of_datasketchs_index() -> None:
    """MinHashLSH with the same bands over the same signatures finds the same pairs."""
    rng = random.Random(2)
    texts = []
    for _ in range(60):
        base = [f"w{rng.randrange(5000)}" for _ in range(60)]
        texts += [" ".join(base), " ".join(w if rng.random() > 0.05 else "x" for w in base)]
    made = signatures(hash_words(texts), 5, 128)
    bands = choose_bands(0.7, 128)
    index = MinHashLSH(num_perm=128, params=(bands.bands, bands.rows))
    theirs = set()
    for number, signature in enumerate(made):
        theirs |= {(other, number) for other in index.query(to_datasketch(signature))}
        index.insert(number, to_datasketch(signature))
    grouping = Grouping()
    grouping.add(np.repeat(np.arange(len(texts)), bands.bands), band_keys(made, bands).ravel())
    found = Candidates.of(grouping, star_above=16)
    ours = {
        (int(left), int(right))
        for place, left in enumerate(found.lefts)
        for right in found.rights[found.starts[place] : found.starts[place + 1]]
    }
    assert ours == theirs
    assert len(ours) > 30


@given(st.text(max_size=40))
def test_no_word_holds_a_space(text: str) -> None:
    """A shingle can be given to `shingle_hash` as text: splitting at spaces gives its words back."""
    assert normal(text).split(" ") == (words(text) or [""])
