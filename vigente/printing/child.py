"""The child process that typesets one document: what to do on standard input, the pages on standard output.

It stands in a folder of its own that holds the template, its data and a logo, and reads nothing else: no settings, no
environment, no packages, no network, no other file, and it writes none. A template is a small program that somebody
typed; this is all it could get hold of.
"""

import ctypes
import json
import platform
import resource
import struct
import sys
from contextlib import suppress
from typing import Any

MAX_MEMORY = 1536 * 1024 * 1024  # address space: the fonts are mapped, little of it is used
MAX_CPU_SECONDS = 15
LENGTH = struct.Struct(">Q")

# Which machine, how it names itself to a filter, and its numbers for: socket, socketpair, connect, execve, execveat.
_CALLS = {
    "x86_64": (0xC000003E, (41, 53, 42, 59, 322)),
    "aarch64": (0xC00000B7, (198, 199, 203, 221, 281)),
}


def main() -> None:
    """Typeset `main.typ` of the present folder and answer: a JSON head, then each page or the whole PDF."""
    order = json.loads(sys.stdin.buffer.read())
    import typst  # before the limits: loading it maps more than typesetting needs

    _limit()
    _no_network()
    head, parts = _typeset(typst, order)
    for frame in (json.dumps(head).encode(), *parts):
        sys.stdout.buffer.write(LENGTH.pack(len(frame)))
        sys.stdout.buffer.write(frame)
    sys.stdout.buffer.flush()


def _typeset(typst: Any, order: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[order["fonts"]])
    try:
        made = typst.compile(
            "main.typ",
            root=".",
            font_paths=fonts,
            ignore_system_fonts=True,
            package_path="packages",
            package_cache_path="packages",
            format=order["format"],
            ppi=order["ppi"],
            timestamp=order["timestamp"],
        )
    except typst.TypstError as error:
        return {"error": error.message, "diagnostic": error.diagnostic, "hints": list(error.hints)}, []
    except MemoryError:
        return {"error": "memory", "diagnostic": "", "hints": []}, []
    parts = made if isinstance(made, list) else [made]
    return {"parts": len(parts)}, parts


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _no_network() -> None:
    """Ask the kernel to refuse every socket and every other program from here on. Where it cannot, the environment
    still names a proxy that is not there.
    """
    known = _CALLS.get(platform.machine())
    if known is None or not sys.platform.startswith("linux"):
        return
    arch, calls = known
    load, equal, answer = 0x20, 0x15, 0x06
    allow, deny = 0x7FFF0000, 0x00050000 | 13  # EACCES
    steps = [(load, 0, 0, 4), (equal, 0, len(calls) + 1, arch), (load, 0, 0, 0)]
    steps += [(equal, len(calls) - i, 0, call) for i, call in enumerate(calls)]
    steps += [(answer, 0, 0, allow), (answer, 0, 0, deny)]
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(code, len(code))

    class Program(ctypes.Structure):
        _fields_ = [("count", ctypes.c_ushort), ("steps", ctypes.c_void_p)]

    program = Program(len(steps), ctypes.cast(buffer, ctypes.c_void_p).value)
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(38, 1, 0, 0, 0)  # no new privileges
        libc.prctl(22, 2, ctypes.byref(program), 0, 0)  # filter system calls


if __name__ == "__main__":
    main()
