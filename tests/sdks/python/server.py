"""Starts the release binary, one process for each set of flags."""

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BINARY = os.environ.get("MOCK_BINARY", ROOT / "target/release/zendesk-mock")
ANNOUNCEMENT = "listening on "

# Removes ZENDESK_MOCK_… variables: they are settings, and the suites use flags.
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("ZENDESK_MOCK_")
}


@contextmanager
def serve(*flags):
    """Yields the URL of a server that runs during the block."""
    command = [BINARY, "--port", "0", "--log", "warn", *flags]
    with subprocess.Popen(
        command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            line = process.stdout.readline()
            assert ANNOUNCEMENT in line, f"{BINARY} did not start, but printed {line!r}"
            yield line.split(ANNOUNCEMENT)[1].strip()
        finally:
            process.kill()
