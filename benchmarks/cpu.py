"""The CPU seconds of other processes."""

import contextlib
import os
import pathlib


def cpu_of(pid: int) -> float:
    """CPU seconds that a process has used so far."""
    user, system = _stat(pid)[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def cpu_of_group(group: int) -> float:
    """The same of all processes of a group that are there now."""
    total = 0.0
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):  # it ended meanwhile
                if int(_stat(int(entry.name))[2]) == group:
                    total += cpu_of(int(entry.name))
    return total


def _stat(pid: int) -> list[str]:
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
