"""rule, rules, config, init, completion: the commands that speak about corpuslint itself."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from program import corpuslint, write

from corpuslint.config import Config
from corpuslint.rules import all_rules
from corpuslint.toml import toml_key, toml_value

ARABIC = "تصل العبّارة إلى الجزيرة في الصباح وتعود منها قبل غروب الشمس كل يوم."


class TestRule:
    @pytest.mark.parametrize("name", ["DUP101", "dup101", "repeated-block"])
    def test_by_code_or_name(self, tmp_path: Path, name: str) -> None:
        outcome = corpuslint(tmp_path, "rule", name)
        assert outcome.status == 0
        assert outcome.stdout.startswith("DUP101 repeated-block (warning, on by default)\n")
        assert "\nLeft alone\n" in outcome.stdout
        assert "min-characters = " in outcome.stdout

    @pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
    def test_as_json(self, tmp_path: Path, rule: type) -> None:
        described = corpuslint(tmp_path, "rule", rule.code, "--output-format", "json").json
        assert described["code"] == rule.code
        assert described["documentation"]["Left alone"]
        assert all(option["help"] and option["type"] for option in described["options"])

    def test_unknown_suggests_the_nearest(self, tmp_path: Path) -> None:
        outcome = corpuslint(tmp_path, "rule", "repeated-blok")
        assert outcome.status == 2
        assert "did you mean 'repeated-block'?" in outcome.stderr


class TestRules:
    def test_a_line_a_rule(self, tmp_path: Path) -> None:
        lines = corpuslint(tmp_path, "rules").stdout.splitlines()
        assert [line.split()[:2] for line in lines] == [[rule.code, rule.name] for rule in all_rules()]

    def test_as_json(self, tmp_path: Path) -> None:
        outcome = corpuslint(tmp_path, "rules", "--output-format", "json")
        assert [rule["code"] for rule in json.loads(outcome.stdout)] == [rule.code for rule in all_rules()]


class TestConfig:
    def test_what_is_in_force_is_a_configuration(self, tmp_path: Path) -> None:
        write(tmp_path, {"corpuslint.toml": 'ignore = ["FRN"]\n[rules.DUP101]\nmin-characters = 99\n'})
        outcome = corpuslint(tmp_path, "config", "--show", "--text-field", "body")
        shown = tomllib.loads(outcome.stdout)
        assert outcome.stdout.startswith(f"# From {tmp_path / 'corpuslint.toml'}.\n")
        assert shown["ignore"] == ["FRN"]
        assert shown["text-field"] == "body"
        assert shown["rules"]["repeated-block"] == {"min-characters": 99}
        assert "bracketed-foreign-text" not in shown["rules"]
        # What is shown can be used, and shows itself again.
        write(tmp_path, {"corpuslint.toml": outcome.stdout})
        assert tomllib.loads(corpuslint(tmp_path, "config").stdout) == shown

    def test_the_file_nearest_to_a_path(self, tmp_path: Path) -> None:
        write(tmp_path, {"corpuslint.toml": "", "poems/corpuslint.toml": 'ignore = ["DUP"]\n', "poems/a.txt": ""})
        for path in ("poems", "poems/a.txt"):
            assert 'ignore = ["DUP"]' in corpuslint(tmp_path, "config", path).stdout
        assert "ignore = []  # default" in corpuslint(tmp_path, "config", ".").stdout

    def test_without_a_file(self, tmp_path: Path) -> None:
        assert corpuslint(tmp_path, "config", "--isolated").stdout.startswith("# From no file")

    def test_the_schema_names_every_key_and_rule(self, tmp_path: Path) -> None:
        schema = corpuslint(tmp_path, "config", "--schema").json
        assert set(schema["properties"]) == {setting.name.replace("_", "-") for setting in Config.settings()}
        tables = schema["properties"]["rules"]["properties"]
        assert set(tables) == {word for rule in all_rules() for word in (rule.code, rule.name)}
        for rule in all_rules():
            options = {option.name.replace("_", "-") for option in rule.options()}
            assert set(tables[rule.name]["properties"]) == options


class TestInit:
    def test_it_looks_at_the_corpus(self, tmp_path: Path) -> None:
        record = {"meta": {"uid": 7, "kind": "news"}, "body": ARABIC.rpartition(" ")[0]}
        write(tmp_path, {"a/one.txt": ARABIC, "b.jsonl": json.dumps(record) + "\n", "c.csv": "x,y"})
        outcome = corpuslint(tmp_path, "init")
        assert outcome.status == 0
        assert "Wrote corpuslint.toml" in outcome.stderr
        text = (tmp_path / "corpuslint.toml").read_text("utf-8")
        assert "Arabic" in text
        written = tomllib.loads(text)
        assert written == {"extension": [".jsonl", ".txt"], "text-field": "body", "id-field": "meta.uid"}
        assert corpuslint(tmp_path, "check", ".").status == 0

    def test_usual_fields_stay_defaults(self, tmp_path: Path) -> None:
        write(tmp_path, {"b.jsonl": json.dumps({"id": "x", "text": ARABIC}) + "\n"})
        corpuslint(tmp_path, "init")
        assert tomllib.loads((tmp_path / "corpuslint.toml").read_text("utf-8")) == {"extension": [".jsonl"]}

    def test_it_overwrites_nothing(self, tmp_path: Path) -> None:
        write(tmp_path, {"corpuslint.toml": "# mine\n"})
        outcome = corpuslint(tmp_path, "init")
        assert outcome.status == 2
        assert "already there" in outcome.stderr
        assert (tmp_path / "corpuslint.toml").read_text("utf-8") == "# mine\n"

    def test_it_does_not_hide_a_table_of_pyproject(self, tmp_path: Path) -> None:
        write(tmp_path, {"pyproject.toml": '[tool.corpuslint]\nignore = ["DUP"]\n'})
        outcome = corpuslint(tmp_path, "init")
        assert outcome.status == 2
        assert "pyproject.toml" in outcome.stderr
        assert not (tmp_path / "corpuslint.toml").exists()

    @pytest.mark.parametrize("content", [b"\xff\xfe\x00", b'{"text": 1}\n', b"{]\n", b"", b"[" * 10000 + b"\n"])
    def test_bad_records_do_not_stop_it(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "b.jsonl").write_bytes(content)
        assert corpuslint(tmp_path, "init").status == 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(tmp_path: Path, shell: str) -> None:
    outcome = corpuslint(tmp_path, "completion", shell)
    assert outcome.status == 0
    assert f"_CORPUSLINT_COMPLETE={shell}_complete" in outcome.stdout


@pytest.mark.parametrize(
    "value", ["", 'a"b\\c', "line\nend\ttab\x00\x7f", "عربي 𐍈", True, 3, 0.5, ["x", "ي"], []], ids=repr
)
def test_toml_is_read_as_it_was_written(value: object) -> None:
    assert tomllib.loads(f"key = {toml_value(value)}") == {"key": value}


@pytest.mark.parametrize("key", ["plain-key", "poems/*", 'a"b', "ع", ""])
def test_toml_keys(key: str) -> None:
    assert tomllib.loads(f"{toml_key(key)} = 1") == {key: 1}
