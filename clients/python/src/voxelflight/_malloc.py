"""Keeps glibc from giving freed message memory back to the system, to fault it in anew for the next message."""

from __future__ import annotations

import ctypes
import os
import sys

# gRPC receives a message in pieces from malloc. With glibc's defaults the heap shrinks whenever a block's pieces were
# freed, and grows, page fault by page fault, for the next block: up to half of the client's CPU (docs/decisions.md).
TRIM_THRESHOLD = 128 << 20  # bytes at the top of a heap that stay with the process
MMAP_THRESHOLD = 32 << 20  # bytes from which a piece is mapped alone; glibc's maximum

SETTINGS = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TOP_PAD_", "MALLOC_MMAP_MAX_")
TUNABLES = tuple(f"glibc.malloc.{name}" for name in ("trim_threshold", "mmap_threshold", "top_pad", "mmap_max"))

_M_TRIM_THRESHOLD = -1  # <malloc.h>
_M_MMAP_THRESHOLD = -3

_done = False


def keep_freed_memory() -> bool:
    """Set the thresholds of this process, once; what the user has set in the environment stays.

    Returns
    -------
    bool
        Whether they are set by us: not where the C library is another one.
    """
    global _done
    if _done:
        return True
    if sys.platform != "linux" or any(name in os.environ for name in SETTINGS):
        return False
    # not for others: with glibc.malloc.hugetlb=1, which is of use (docs/protocol.md), the thresholds are needed as well
    if any(name in os.environ.get("GLIBC_TUNABLES", "") for name in TUNABLES):
        return False
    library = ctypes.CDLL(None)
    if not hasattr(library, "gnu_get_libc_version") or not hasattr(library, "mallopt"):
        return False
    _done = bool(
        library.mallopt(_M_TRIM_THRESHOLD, TRIM_THRESHOLD) and library.mallopt(_M_MMAP_THRESHOLD, MMAP_THRESHOLD)
    )
    return _done
