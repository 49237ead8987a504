"""A language model that follows a script, brought to the library `llm` as any is: by a plugin's `register_models`.

It answers the JSON it is sent: a text with "YEA" is for, one with "NAY" against, with the text itself as quote. What it
is to do otherwise, a test says by what it replies in the place of that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import llm
from llm.plugins import pm

from recommender.stance.llm_prompt import Task, after

Items = list[dict[str, Any]]


def items_of(prompt: str) -> Items:
    """What a prompt asks about, as the model sees it."""
    (task,) = (task for task in Task if prompt.endswith(after(task)))
    items: Items = json.loads(prompt.removesuffix(after(task)))["items"]
    return [item | {"task": task.value} for item in items]


def verdict(item: dict[str, Any]) -> dict[str, Any]:
    """By the marker words of the text."""
    words = (
        ("positive", "negative", "neutral") if item["task"] == "attitude" else ("for", "against", "neither")
    )
    yea, nay = "YEA" in item["text"], "NAY" in item["text"]
    stance = words[2] if yea == nay else words[0] if yea else words[1]
    quote = "" if stance == words[2] else item["text"]
    return {"id": item["id"], "stance": stance, "sure": "FAINTLY" not in item["text"], "quote": quote}


def honest(items: Items) -> str:
    """An answer of the asked shape."""
    return json.dumps({"answers": [verdict(item) for item in items]})


class ScriptedModel(llm.Model):
    """Replies one after the other, the last of them again and again; every prompt is kept."""

    model_id = "scripted"
    can_stream = False

    def __init__(
        self, *replies: Callable[[Items], str], name: str = "scripted", schema: bool = False
    ) -> None:
        self.model_id = name
        self.supports_schema = schema
        self.replies = list(replies or (honest,))
        self.asked: list[Items] = []
        self.schemas: list[Any] = []
        self.system: str | None = None

    def execute(
        self, prompt: llm.Prompt, stream: bool, response: llm.Response, conversation: Any
    ) -> Iterator[str]:
        items = items_of(prompt.prompt or "")
        self.asked.append(items)
        self.schemas.append(prompt.schema)
        self.system = prompt.system
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        yield reply(items)


class KeyedModel(llm.KeyModel):
    """A service's model: wants a key."""

    model_id = "keyed"
    needs_key = "nobodys"
    key_env_var = "NOBODYS_KEY"
    can_stream = False

    def execute(
        self, prompt: llm.Prompt, stream: bool, response: llm.Response, conversation: Any, key: str | None
    ) -> Iterator[str]:
        yield honest(items_of(prompt.prompt or ""))


@contextmanager
def registered(*models: Any, aliases: tuple[str, ...] = ()) -> Iterator[None]:
    """A plugin that brings these models, as long as this lasts."""

    class Plugin:
        __name__ = "scripted-plugin"

        @llm.hookimpl
        def register_models(self, register: Callable[..., None]) -> None:
            for model in models:
                register(model, aliases=aliases)

    plugin = Plugin()
    llm.load_plugins()
    pm.register(plugin)
    try:
        yield
    finally:
        pm.unregister(plugin)
