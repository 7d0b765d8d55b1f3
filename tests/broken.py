"""Small corpora with defects, written for the tests of the fixer."""

from __future__ import annotations

import json
from pathlib import Path

LEAD = "وصل المبعوث إلى العاصمة صباح اليوم للقاء أعضاء اللجنة المكلفة بمتابعة تنفيذ الاتفاق في المحافظات."
BRACKET = "دعا المبعوث الأطراف المتحاربة [in the north] إلى وقف القتال فورا."
MENDED = "دعا المبعوث الأطراف المتحاربة إلى وقف القتال فورا."
BLOCK = "وأوضح البيان أن الجلسات المقبلة ستعقد في مقر اللجنة وأن محاضرها ستنشر كاملة في نهاية كل شهر."
LAST = "وغادر في المساء بعد أن التقى عددا من ممثلي المنظمات الإنسانية العاملة في البلاد."

CLEAN = f"{LEAD}\n\n{MENDED}\n\n{BLOCK}\n\n{LAST}\n"
BROKEN = f"{LEAD}\n\n{BRACKET}\n\n{BLOCK}\n\n{BLOCK}\n\n{LAST}\n"


def text_file(number: int) -> tuple[str, str]:
    """Return the text of a file and what `--fix` makes of it; every third is clean."""
    head = f"الخبر رقم {number}\n"
    return (head + CLEAN, head + CLEAN) if number % 3 == 0 else (head + BROKEN, head + CLEAN)


def record(number: int) -> tuple[str, str]:
    """Return a JSONL line with peculiar spacing, escapes and numbers, and its fixed form."""
    old, new = text_file(number)
    shape = '{{"n": 1.50,  "id" : {id}, "text":{text} ,"e":"\\u0645\\/"}}\n'
    return tuple(shape.format(id=number, text=_escaped(text, number)) for text in (old, new))  # type: ignore[return-value]


def _escaped(text: str, number: int) -> str:
    source = json.dumps(text, ensure_ascii=number % 2 == 0)
    return source.replace("\\u0648", "\\u0648").replace("/", "\\/")


def make(folder: Path, files: int, records: int) -> dict[str, tuple[bytes, bytes]]:
    """Write a corpus and return each file's content with what `--fix` must make of it."""
    contents = {f"{n:04}.txt": tuple(text.encode() for text in text_file(n)) for n in range(files)}
    if records:
        rows = [record(n) for n in range(records)]
        contents["all.jsonl"] = tuple("".join(row[side] for row in rows).encode() for side in (0, 1))
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content[0])
    return contents  # type: ignore[return-value]
