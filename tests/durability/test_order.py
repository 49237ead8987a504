"""In which order pages come, which a kill or another process changes, makes no difference to what is kept."""

from __future__ import annotations

from pathlib import Path

from checks import content
from children import finish
from servers import Reply, Server
from small_web import page


def test_an_address_that_leads_to_an_archived_page_is_its_address(tmp_path: Path) -> None:
    """A page, then an address that redirects to it, and the other way round: one article with both addresses."""
    kept = []
    with Server() as server:
        seeds = {}
        for name in ("piece", "old"):
            seeds[name] = tmp_path / f"{name}.toml"
            reference = f'[[reference]]\ntitle = "Piece"\nurl = "{server.url(f"/{name}")}"'
            seeds[name].write_text(f'title = "A list"\n{reference}\n')
        server.add("/piece", Reply(body=page(1), headers=[("Content-Type", "text/html")]))
        server.add("/old", Reply(301, headers=[("Location", "/piece")]))
        for names in (("piece", "old"), ("old", "piece")):
            for name in names:
                assert finish(tmp_path / names[0] / "a", seeds[name]) == (0, "")
            kept.append(content(tmp_path / names[0] / "a")["articles"])
    assert kept[0] == kept[1]
