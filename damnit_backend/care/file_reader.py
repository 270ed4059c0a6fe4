"""`python -m damnit_backend.care.file_reader`: reads files of results, in a process that damage may bring to an end.

Each line of its input is a `ReadRequest`, each line of its output the `FileReport` that answers it.
"""

import os
import sys
from pathlib import Path

import msgspec

from damnit_backend.core.codec import storable_text
from damnit_backend.store.examine import Depth, FileReport, examine_file


class ReadRequest(msgspec.Struct, frozen=True):
    """A file to be read; paths are bytes, which need not be text."""

    path: bytes
    depth: Depth


def main() -> None:
    requests = msgspec.json.Decoder(ReadRequest)
    for line in sys.stdin.buffer:
        request = requests.decode(line)
        try:
            answer = msgspec.json.encode(examine_file(Path(os.fsdecode(request.path)), request.depth))
        except Exception as error:  # The edge of a process: whatever damage leads to, each request has its answer.
            answer = msgspec.json.encode(FileReport(problem=storable_text(f"{type(error).__name__}: {error}")))
        sys.stdout.buffer.write(answer + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
