"""The reference of the settings, read from their models: every entry, its type and default."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from generator.settings import Settings

MARK = "% settings-from-models"
_OWN = {"folder", "file"}
"""Entries that the reader of the file adds: they can't be written."""


def models() -> Iterator[tuple[str, type[BaseModel]]]:
    """Every part of the settings by the heading that it has in the file, the whole first."""
    waiting: list[tuple[str, type[BaseModel], bool]] = [("", Settings, False)]
    while waiting:
        path, model, many = waiting.pop(0)
        yield (f"[[{path}]]" if many else f"[{path}]") if path else "Top level", model
        for name, field in model.model_fields.items():
            for inner, is_many in _models_in(field.annotation):
                waiting.append((f"{path}.{name}".strip("."), inner, is_many))


def _models_in(annotation: Any, many: bool = False) -> Iterator[tuple[type[BaseModel], bool]]:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation, many
    for part in typing.get_args(annotation):
        yield from _models_in(part, many or typing.get_origin(annotation) is tuple)


def settings_markdown() -> str:
    """All models as Markdown: a heading, what the model is, and a table of its entries."""
    blocks = []
    for heading, model in models():
        docs = _attribute_docs(model)
        rows = [
            f"| `{name}` | {_type(field.annotation)} | {_default(field)} "
            f"| {docs.get(name) or _about(field.annotation)} |"
            for name, field in model.model_fields.items()
            if name not in _OWN
        ]
        about = _plain(inspect.getdoc(model) or "")
        table = "\n".join(
            ["| entry | type | default | meaning |", "| --- | --- | --- | --- |", *rows]
        )
        blocks.append(
            f"## {heading if heading == 'Top level' else f'`{heading}`'}\n\n{about}\n\n{table}"
        )
    return "\n\n".join(blocks)


def _about(annotation: Any) -> str:
    """The first line of what an entry's own model says of itself."""
    inner = next((model for model, _ in _models_in(annotation)), None)
    return _plain((inspect.getdoc(inner) or "").partition("\n")[0]) if inner else ""


def _attribute_docs(model: type[BaseModel]) -> dict[str, str]:
    """The texts that stand below the fields in the model's source."""
    body = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    found: dict[str, str] = {}
    if not isinstance(body, ast.ClassDef):
        return found
    for field, text in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
        ):
            found[field.target.id] = _plain(str(text.value.value)).replace("|", "\\|")
    return found


def _plain(text: str) -> str:
    """A docstring as Markdown: one line a paragraph, single backticks."""
    paragraphs = re.split(r"\n\s*\n", text.replace("``", "`"))
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _type(annotation: Any) -> str:
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _type(parts[0])
    if origin is typing.Literal:
        return " or ".join(f"`{part!r}`" for part in parts)
    if origin is tuple:
        return f"list of {_type(parts[0])}"
    if origin is dict:
        return f"table of {_type(parts[1])}"
    if parts:
        return " or ".join(_type(part) for part in parts if part is not type(None))
    words = {"str": "text", "int": "whole number", "float": "number", "bool": "true or false",
             "Path": "path", "date": "date"}  # fmt: skip
    name = getattr(annotation, "__name__", str(annotation))
    return words.get(name, "entries, below" if inspect.isclass(annotation) else name)


def _default(field: Any) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if value is PydanticUndefined or isinstance(value, BaseModel) or value in (None, "", (), {}):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    text = "; ".join(map(str, value)) if isinstance(value, tuple) else value
    return f"`{text}`" if not isinstance(value, Path) else f"`{value.as_posix()}`"
