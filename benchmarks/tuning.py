"""How the Python package tunes its process for large blocks, for clients of benchmarks; see docs/python.md."""

import os

# glibc reads its part when a process starts, gRPC when pyarrow is imported
ENVIRONMENT = {
    "GRPC_EXPERIMENTS": "-event_engine_client,tcp_frame_size_tuning,tcp_rcv_lowat",
    "MALLOC_TRIM_THRESHOLD_": str(128 << 20),
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
}
FRAME_BYTES = 8 << 20  # of HTTP/2, "grpc.http2.max_frame_size"


def apply() -> None:
    """Tunes this process and those that it starts: of use only before pyarrow is imported."""
    os.environ.update(ENVIRONMENT)
