"""Every command, option, setting and rule is documented, and every link between the pages leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from corpuslint.cli import main
from corpuslint.config import Config
from corpuslint.rule import HEADINGS, Rule
from corpuslint.rules import all_rules

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "reports").glob("*.md")])


def commands(group: click.Group = main, prefix: str = "corpuslint") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{prefix} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix} {name}")


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=[name for name, _ in commands()])
def test_command_is_documented(name: str, command: click.Command) -> None:
    page = (ROOT / "docs/commands.md").read_text("utf-8")
    assert command.help, f"{name} has no help"
    section = re.search(rf"^#+ {name}\n(.*?)(?=^#|\Z)", page, re.DOTALL | re.MULTILINE)
    assert section, f"{name} is not in docs/commands.md"
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            assert option.help, f"{name} {option.opts[0]} has no help"
            assert f"`{option.opts[0]}" in section[1], f"{name} {option.opts[0]} is not in docs/commands.md"


def test_settings_are_documented() -> None:
    page = (ROOT / "docs/configuration.md").read_text("utf-8")
    for setting in Config.settings():
        assert setting.metadata["help"]
        assert setting.name.replace("_", "-") in page


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_rule_is_documented(rule: type[Rule]) -> None:
    assert list(rule.documentation()) == list(HEADINGS)
    assert all(rule.documentation().values())
    assert all(option.metadata["help"] for option in rule.options())
    assert f"({rule.name}.md)" in (ROOT / "docs/rules.md").read_text("utf-8").replace("rules/", "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(
        r"\]\(([^)#]+)(?:#[^)]*)?\)", re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    ):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
