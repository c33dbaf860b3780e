"""The child process that parses: mails from standard input, what they say to standard output.

Frames: a mail is its length (8 bytes, big-endian) and its bytes; an answer is the same for a JSON value, then the same
for each attachment. No Django, no settings, no environment: all that a hostile mail could get hold of is itself.
"""

import json
import resource
import struct
import sys
from typing import Any, BinaryIO

from vigente.mail.limits import MAX_BYTES, MAX_CPU_SECONDS, MAX_MEMORY
from vigente.mail.parsed import to_wire
from vigente.mail.parsing import Unreadable, parse

LENGTH = struct.Struct(">Q")
# A mail above this leaves the heap so torn that a new child costs less than the memory.
TIRED_AFTER_BYTES = 4 * 1024 * 1024
TIRED_AFTER_MAILS = 200


def main() -> None:
    """Serve until the input ends, or until tired; the parent starts another child."""
    _limit()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    for turn in range(TIRED_AFTER_MAILS):
        raw = read_frame(source)
        if raw is None:
            return
        _allow_cpu()
        value, contents = _answer(raw)
        value["last"] = (
            len(raw) > TIRED_AFTER_BYTES
            or turn + 1 == TIRED_AFTER_MAILS
            or value.get("error") in ("memory", "crashed")
        )
        for frame in (json.dumps(value).encode(), *contents):
            sink.write(LENGTH.pack(len(frame)))
            sink.write(frame)
        sink.flush()
        if value["last"]:
            return


def read_frame(source: BinaryIO) -> bytes | None:
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(head)
    if size > MAX_BYTES:
        return None
    data = source.read(size)
    return data if len(data) == size else None


def _answer(raw: bytes) -> tuple[dict[str, Any], list[bytes]]:
    try:
        data, contents = to_wire(parse(raw))
        return {"mail": data}, contents
    except Unreadable as refusal:
        return {"error": refusal.code, "detail": str(refusal)}, []
    except MemoryError:
        return {"error": "memory", "detail": "more memory than a mail may take"}, []
    except (
        Exception
    ) as problem:  # a mail nobody thought of: named, so that it can be replayed once it is read
        return {"error": "crashed", "detail": f"{type(problem).__name__}: {problem}"[:500]}, []


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.setrecursionlimit(500)


def _allow_cpu() -> None:
    """Processor time for one more mail: the limit counts from the start of the process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(usage.ru_utime + usage.ru_stime) + 1 + MAX_CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
