"""The reference pages, made from the rules' docstrings, the settings of Config and the commands' own help.

Nothing is written here that the program does not say itself.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from typing import Any

import click

from corpuslint.cli import main as program
from corpuslint.config import Config
from corpuslint.config_schema import config_schema
from corpuslint.rule_description import describe, option_note
from corpuslint.rules import all_rules
from corpuslint.toml import toml_value

MADE = "<!-- Made by `python -m scripts.generate`; do not edit. -->"
TABLE_START, TABLE_END = "<!-- rules: made by `python -m scripts.generate` -->", "<!-- end of rules -->"


def pages() -> dict[str, str]:
    """Return the reference pages by their paths."""
    rules = [describe(rule) for rule in all_rules()]
    return {
        "docs/rules.md": "\n".join(_overview(rules)) + "\n",
        **{f"docs/rules/{rule['name']}.md": "\n".join(rule_page(rule)) + "\n" for rule in rules},
        "docs/configuration.md": "\n".join(configuration_page(rules)) + "\n",
        "docs/commands.md": "\n".join(commands_page()) + "\n",
        "docs/corpuslint.schema.json": json.dumps(config_schema(), ensure_ascii=False, indent=2) + "\n",
    }


def with_rule_table(readme: str) -> str:
    """Return README with its rule table made anew."""
    before, rest = readme.split(TABLE_START, 1)
    _, after = rest.split(TABLE_END, 1)
    table = "\n".join(rule_table([describe(rule) for rule in all_rules()], "docs/rules/"))
    return f"{before}{TABLE_START}\n{table}\n{TABLE_END}{after}"


def rule_table(rules: list[dict[str, Any]], folder: str) -> Iterator[str]:
    """Yield a table of the rules as Markdown."""
    yield "| code | name | finds | severity |"
    yield "|---|---|---|---|"
    for rule in rules:
        severity = rule["severity"] + ("" if rule["default"] else ", opt-in")
        yield f"| [{rule['code']}]({folder}{rule['name']}.md) | `{rule['name']}` | {rule['summary']} | {severity} |"


def _overview(rules: list[dict[str, Any]]) -> Iterator[str]:
    yield from (MADE, "# Rules", "")
    yield "`corpuslint rule CODE` prints each of these pages. `--select` and `--ignore` take codes, names and prefixes;"
    yield "a prefix means the rules of its family that are on by default, an opt-in rule must be named in full."
    yield ""
    yield from rule_table(rules, "rules/")


def rule_page(rule: dict[str, Any]) -> Iterator[str]:
    """Yield the page of a rule."""
    state = "on by default" if rule["default"] else "opt-in"
    yield from (MADE, f"# {rule['code']} {rule['name']}", "", rule["summary"], "")
    yield f"Severity: {rule['severity']}, {state}."
    for heading, text in rule["documentation"].items():
        yield from ("", f"## {heading}", "")
        yield from (("```text", text, "```") if heading in {"Example", "Instead"} else (text,))
    if rule["options"]:
        yield from ("", "## Options", "", *_options(rule))
    if rule["yields_to"]:
        winners = ", ".join(
            f"[{winner}]({_name(winner)}.md)" if _name(winner) else winner for winner in rule["yields_to"]
        )
        yield from ("", f"Where both find the same text, this rule yields to {winners}.")


def _name(code: str) -> str:
    return next((rule.name for rule in all_rules() if rule.code == code), "")


def _options(rule: dict[str, Any]) -> Iterator[str]:
    yield "```toml"
    yield f"[rules.{rule['name']}]  # in pyproject.toml: [tool.corpuslint.rules.{rule['name']}]"
    yield from (f"{option['name']} = {toml_value(option['default'])}" for option in rule["options"])
    yield from ("```", "")
    for option in rule["options"]:
        yield f"- `{option['name']}`: {option['help'].rstrip('.')} ({option_note(option)})."


def configuration_page(rules: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the configuration reference."""
    yield from (MADE, "# Configuration", "", *CONFIGURATION.strip().split("\n"), "")
    yield from ("## Settings", "", "| key | default | what |", "|---|---|---|")
    for setting in Config.settings():
        key = setting.name.replace("_", "-")
        is_table = setting.name in {"fix", "per_file_ignores", "rules"}
        default = "" if is_table else f"`{toml_value(setting.default)}`"
        yield f"| {f'`[{key}]`' if is_table else f'`{key}`'} | {default} | {setting.metadata['help']} |"
    yield from ("", "## Options of rules", "")
    for rule in rules:
        if rule["options"]:
            yield from (f"### {rule['code']} [{rule['name']}](rules/{rule['name']}.md)", "", *_options(rule), "")


CONFIGURATION = """
corpuslint reads `corpuslint.toml` (or `.corpuslint.toml`), or the table `[tool.corpuslint]` of a `pyproject.toml`.
The file nearest to a document decides how that document is checked; nothing is merged between files. The first
file found from the current folder upward is the run's: its folder is what paths in reports are relative to, and
corpus rules, which compare documents, take their options from it. `--config FILE` uses one file for everything,
`--isolated` none.

```toml
# corpuslint.toml
select = ["DUP", "JNK", "FRN"]
exclude = ["drafts/*"]
text-field = "body"

[per-file-ignores]
"poems/*" = ["repeated-block"]

[rules.repeated-block]
min-characters = 80

[fix]
unsafe = ["repeated-block"]                     # its fixes need --unsafe-fixes here
max-shrink = 0.5                                # the share of a document that fixes may take for good
max-shrink-by-rule = { repeated-block = 0.8 }
```

`corpuslint init` looks at a corpus and writes a first `corpuslint.toml` with comments. `corpuslint config --show`
prints what is in force and where it comes from. `corpuslint config --schema` prints a JSON schema
([corpuslint.schema.json](corpuslint.schema.json)) with which an editor completes and checks the file. An unknown key,
rule or option is an error that names file and key and suggests the nearest.
"""


def commands_page() -> Iterator[str]:
    """Yield the command reference."""
    yield from (MADE, "# Commands", "")
    yield "Exit status: 0 nothing (new) found, 1 findings, 2 a mistake in the call or in the configuration, or input"
    yield "that could not be read. Findings go to standard output, everything else to standard error."
    yield from _command("corpuslint", program, 0)


def _command(name: str, command: click.Command, depth: int) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    if depth:
        arguments = [
            parameter.make_metavar(context) for parameter in command.params if isinstance(parameter, click.Argument)
        ]
        yield from ("", f"{'#' * (depth + 1)} {name}", "")
        yield f"`{' '.join([name, '[OPTIONS]', *arguments])}`"
        yield from ("", inspect.cleandoc(command.help or "").replace("\b\n", ""))
    options = [
        parameter for parameter in command.params if isinstance(parameter, click.Option) and not parameter.hidden
    ]
    if options:
        yield from ("", "| option | what |", "|---|---|")
    for option in options:
        yield f"| `{_option_names(option, context)}` | {_cell(option.help or '')} |"
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found is not None and not found.hidden:
                yield from _command(f"{name} {inner}", found, depth + 1)


def _option_names(option: click.Option, context: click.Context) -> str:
    names = ", ".join([*option.opts, *option.secondary_opts])
    if option.is_flag or option.count:
        return names
    if isinstance(option.type, click.Choice):
        # A table's cell ends at a bar.
        return f"{names} {' or '.join(str(choice) for choice in option.type.choices)}"
    return f"{names} {option.make_metavar(context)}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
