"""corpuslint-ignore.toml, `ignore` and `show`: one finding is suppressed without a word written into its file."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from repository import Repository, article, paragraph

from corpuslint.suppress import SuppressionError, parse, text_matches

FILE = "corpuslint-ignore.toml"


@pytest.fixture
def corpus(tmp_path: Path) -> Repository:
    repository = Repository.create(tmp_path)
    for town in ("Arlen", "Borne"):
        repository.write(f"news/{town}.txt", article(town, town))
    return repository


def ids(repository: Repository) -> dict[str, str]:
    found = repository.corpuslint("check", "--output-format", "json", "--no-baseline", "--no-suppressions").json[
        "diagnostics"
    ]
    return {d["path"]: d["id"] for d in found}


BORNE = (1, [f"news/Borne.txt: {paragraph('Borne')}"])


def test_ignore_by_id(corpus: Repository) -> None:
    before = corpus.read("news/Arlen.txt")
    outcome = corpus.corpuslint("ignore", ids(corpus)["news/Arlen.txt"], "--reason", "The council said it twice.")
    assert outcome.status == 0, outcome.stderr
    assert corpus.new() == BORNE
    assert corpus.summary()["suppressed"] == 1
    assert corpus.read("news/Arlen.txt") == before
    again = corpus.corpuslint("ignore", ids(corpus)["news/Arlen.txt"], "--reason", "Once more.")
    assert again.stdout.endswith("is suppressed already.\n")
    assert corpus.read(FILE).count("[[ignore]]") == 1


def test_ignore_by_the_beginning_of_an_id_until_a_day(corpus: Repository) -> None:
    wanted = ids(corpus)["news/Arlen.txt"]
    outcome = corpus.corpuslint("ignore", wanted[:6], "--reason", "Quoted.", "--expires", "2999-12-31")
    assert outcome.status == 0
    [entry] = parse(corpus.read(FILE).encode(), FILE)
    assert (entry.id, entry.expires) == (wanted, datetime.date(2999, 12, 31))
    assert corpus.new() == BORNE


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ffff0000ffff0000", "--reason", "x"), "no finding has the id ffff0000ffff0000"),
        (("ab", "--reason", "x"), "too short for an id"),
        (("ffff0000",), "Missing option '--reason'"),
        (("ffff0000", "--reason", " "), "--reason is empty"),
    ],
)
def test_ignore_says_what_is_wrong(corpus: Repository, arguments: tuple[str, ...], message: str) -> None:
    outcome = corpus.corpuslint("ignore", *arguments)
    assert outcome.status == 2
    assert message in outcome.stderr
    assert not (corpus.folder / FILE).exists()


def test_what_a_person_wrote_into_the_file_stays(corpus: Repository) -> None:
    corpus.write(FILE, "# Our own words.\n[[ignore]]\ncode = 'FRN101' # quoted\nreason = 'Glosses are wanted.'")
    corpus.corpuslint("ignore", ids(corpus)["news/Arlen.txt"], "--reason", 'With "quotes"\nand \\ more')
    text = corpus.read(FILE)
    assert text.startswith("# Our own words.\n[[ignore]]\ncode = 'FRN101' # quoted\n")
    assert len(parse(text.encode(), FILE)) == 2


@pytest.mark.parametrize(
    "entry",
    [
        "code = 'DUP101'\npath = 'news/A*'",
        "code = 'repeated-block'\npath = 'news/Arlen.txt'",
        "code = 'DUP'\npath = '*/Arlen.txt'",
        "path = 'news/Arlen.txt'",
        "text = 'the ARLEN council * bridge   before the winter comes.'",
        "text = '*arlen council*'\ncode = 'DUP101'",
    ],
)
def test_entries_by_code_path_and_text(corpus: Repository, entry: str) -> None:
    corpus.write(FILE, f"[[ignore]]\n{entry}\nreason = 'Because.'\n")
    assert corpus.new() == BORNE
    assert corpus.corpuslint("check").stderr == ""


def test_all_that_an_entry_names_must_hold(corpus: Repository) -> None:
    wanted = ids(corpus)["news/Arlen.txt"]
    corpus.write(FILE, f"[[ignore]]\nid = '{wanted}'\npath = 'news/Borne.txt'\nreason = 'Because.'\n")
    assert corpus.new()[0] == 1
    assert len(corpus.new()[1]) == 2


def test_unused_and_expired_entries_are_said(corpus: Repository) -> None:
    corpus.write(
        FILE,
        "[[ignore]]\ncode = 'DUP101'\npath = 'news/Arlen.txt'\nreason = 'Then.'\nexpires = 2020-01-01\n"
        "[[ignore]]\nid = '0000000000000000'\nreason = 'Gone.'\n"
        "[[ignore]]\ncode = 'DUP101'\npath = 'news/Borne.txt'\nreason = 'Now.'\nexpires = 2999-01-01\n",
    )
    outcome = corpus.corpuslint("check", "--output-format", "json")
    assert [d["path"] for d in outcome.json["diagnostics"]] == ["news/Arlen.txt"]
    assert outcome.stderr.splitlines() == [
        f"{FILE}: entry 1 (DUP101, news/Arlen.txt) expired on 2020-01-01 and no longer counts",
        f"{FILE}: entry 2 (0000000000000000) is unused: no finding matches it",
    ]
    # A run that does not look everywhere cannot know that an entry is unused.
    assert "unused" not in corpus.corpuslint("check", "news/Borne.txt").stderr
    assert "unused" not in corpus.corpuslint("check", "--stdin-filename", "x.txt", "-", stdin=b"Text.\n").stderr


def test_a_suppressed_finding_is_never_fixed(corpus: Repository) -> None:
    """Nor is its equal: fixing the first of two would make the second one the first."""
    corpus.write("news/Arlen.txt", corpus.read("news/Arlen.txt") + "\nEnd.\n\n" + paragraph("Arlen") + "\n")
    corpus.write(FILE, "")
    found = corpus.corpuslint("check", "--output-format", "json").json["diagnostics"]
    last = [d["id"] for d in found if d["path"] == "news/Arlen.txt"][-1]
    corpus.corpuslint("ignore", last, "--reason", "The refrain is meant to return.")
    before = corpus.read("news/Arlen.txt")
    assert corpus.corpuslint("check", "--diff").stdout.count("diff --git") == 1
    corpus.corpuslint("check", "--fix")
    assert corpus.read("news/Arlen.txt") == before
    assert corpus.read("news/Borne.txt").count(paragraph("Borne")) == 1


def test_a_suppressed_finding_is_not_in_the_baseline(corpus: Repository) -> None:
    corpus.corpuslint("ignore", ids(corpus)["news/Arlen.txt"], "--reason", "Quoted.")
    corpus.baseline("create")
    assert len(corpus.read("corpuslint-baseline.jsonl").splitlines()) == 1
    corpus.corpuslint("ignore", ids(corpus)["news/Borne.txt"], "--reason", "Quoted.")
    corpus.baseline("update")
    assert corpus.read("corpuslint-baseline.jsonl") == ""
    assert corpus.new() == (0, [])


def test_show_tells_everything_about_a_finding(corpus: Repository) -> None:
    arlen, borne = ids(corpus)["news/Arlen.txt"], ids(corpus)["news/Borne.txt"]
    text = corpus.corpuslint("show", arlen).stdout
    assert paragraph("Arlen") in text
    assert "first copy, news/Arlen.txt:5:1" in text
    assert "`corpuslint check --fix` applies it" in text
    assert f"New. `corpuslint ignore {arlen} --reason" in text
    corpus.corpuslint("ignore", arlen, "--reason", "Quoted.")
    assert "Suppressed: Quoted." in corpus.corpuslint("show", arlen[:8]).stdout
    corpus.baseline("create")
    assert "Known: it stands in the baseline." in corpus.corpuslint("show", borne).stdout
    corpus.write("news/Borne.txt", article("Borne"))
    gone = corpus.corpuslint("show", borne)
    assert gone.status == 2
    assert "it is gone from the corpus" in gone.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[ignore]", "is not TOML"),
        ("ignore = 1", "must be a list"),
        ("ignored = []", "unknown key 'ignored'; entries begin with [[ignore]]"),
        ("[[ignore]]\nid = 'abc'", "entry 1: has no reason"),
        ("[[ignore]]\nreason = 'abc'", "entry 1: names nothing"),
        ("[[ignore]]\nid = 'abc'\nreason = ''", "entry 1: 'reason' must be a string that is not empty"),
        ("[[ignore]]\nid = 7\nreason = 'x'", "entry 1: 'id' must be a string"),
        ("[[ignore]]\nid = 'a'\nreason = 'x'\nexpires = '2030-01-01'", "entry 1: 'expires' must be a date"),
        ("[[ignore]]\nid = 'a'\nreason = 'x'\nuntil = 1", "entry 1: unknown key 'until'"),
        ("[[ignore]]\nid = 'a'\nreason = 'x'\n[[ignore]]\nid = 'b'", "entry 2: has no reason"),
    ],
)
def test_mistakes_in_the_file_are_one_clear_line(content: str, message: str) -> None:
    with pytest.raises(SuppressionError) as error:
        parse(content.encode(), "file")
    assert str(error.value).startswith("file: ")
    assert message in str(error.value)


def test_a_mistake_in_the_file_ends_with_status_2(corpus: Repository) -> None:
    corpus.write(FILE, "[[ignore]]\nid = 'abc'\n")
    outcome = corpus.corpuslint("check")
    assert (outcome.status, outcome.stdout) == (2, "")
    assert f"{FILE}: entry 1: has no reason" in outcome.stderr


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("Photo by *", "photo by  Reuters", True),
        ("Photo by *", "A photo by Reuters", False),
        ("*photo*reuters*", "A photo by Reuters.", True),
        ("*reuters*photo*", "A photo by Reuters.", False),
        ("a*a", "a", False),
        ("a*b*c", "a-b-c", True),
        ("a*bc*c", "abc", False),
        ("[x]?", "[X]?", True),
    ],
)
def test_text_patterns(pattern: str, text: str, matches: bool) -> None:
    assert text_matches(pattern, text) is matches


def test_comments_count_only_where_they_are_turned_on(corpus: Repository) -> None:
    comment = "<!-- corpuslint-ignore DUP101: the refrain is meant to return -->\n"
    refrain = paragraph("refrain")
    corpus.write("song.md", f"{refrain}\n\nVerse.\n\n{comment}\n{refrain}\n")
    corpus.write("plain.txt", f"{refrain}\n\nAnother verse, of other words.\n\n{comment}\n{refrain}\n")
    assert len(corpus.new("song.md", "plain.txt", "--select", "DUP101")[1]) == 2
    corpus.write("corpuslint.toml", "inline-ignores = true\n")
    assert corpus.new("song.md", "plain.txt", "--select", "DUP101") == (1, [f"plain.txt: {refrain}"])
    corpus.write("song.md", f"{refrain}\n\nVerse.\n\n{refrain} {comment}")
    assert corpus.new("song.md") == (0, [])
    corpus.write("song.md", corpus.read("song.md").replace("DUP101", "repeated-block, FRN101"))
    assert corpus.new("song.md") == (0, [])
    corpus.write("song.md", f"{refrain}\n\nVerse.\n\n<!-- corpuslint-ignore DUP101 -->\n{refrain}\n")
    outcome = corpus.corpuslint("check", "song.md")
    assert outcome.status == 1
    assert "song.md:5: corpuslint-ignore without a reason does not count" in outcome.stderr
