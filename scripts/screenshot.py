"""Make the README's screenshot: the demo's reading list as `browse` shows it, in headless Chromium.

python demo/run.py && python scripts/screenshot.py [OUT.png]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORT = 8021
SIZE = "1100,1250"  # CSS pixels
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def main() -> None:
    """Serve the demo's archive, take the picture, stop."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "docs" / "reading-list.png").resolve()
    browse = [sys.executable, "cli.py", "--archive", "demo-archive", "browse", "--port", str(PORT)]
    server = subprocess.Popen(browse, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        page = f"http://127.0.0.1:{PORT}/-/readmore"
        for _ in range(100):
            try:
                with urllib.request.urlopen(page, timeout=2):
                    break
            except OSError:
                time.sleep(0.2)
        with tempfile.TemporaryDirectory() as profile:
            chromium = ["chromium", *FLAGS, f"--user-data-dir={profile}", f"--window-size={SIZE}"]
            seed = "port-ansel-should-not-sell-one-thing-it-does-well"
            subprocess.run([*chromium, f"--screenshot={out}", f"{page}/{seed}"], check=True, timeout=120)
    finally:
        server.terminate()
        server.wait(timeout=10)


if __name__ == "__main__":
    main()
