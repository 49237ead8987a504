"""A real Datasette over some databases, and a way to ask it."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path
from typing import Any

import httpx
from datasette.app import Datasette
from lxml import html


class Site:
    """A Datasette and a way to ask it, closed with everything it opened."""

    def __init__(self, *files: Path, **options: Any) -> None:
        self.ds = Datasette([str(file) for file in files], **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        """The answer to one request."""
        return self.request("GET", path, **options)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            await self.ds.invoke_startup()
            answer: httpx.Response = await self.ds.client.request(method, path, **options)
            return answer

        return asyncio.run(ask())

    def close(self) -> None:
        self.ds.executor.shutdown()
        for db in self.ds.databases.values():
            db.close()
        gc.collect()


def page(response: httpx.Response) -> Any:
    """An answer as a tree."""
    assert response.status_code == 200, response.text[:500]
    return html.fromstring(response.text)
