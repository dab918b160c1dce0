"""Receives blocks once and prints what it took as JSON. Only counts; run in a process of its own for each figure."""

import json
import socket
import sys
import time

from cpu import cpu_of


def from_socket(port: int, dtype: str, block_bytes: int):
    connection = socket.create_connection(("127.0.0.1", port))
    into = memoryview(bytearray(2 << 20))

    def receive(count: int) -> int:
        connection.sendall(f"{dtype} {count}\n".encode())
        left = count * block_bytes
        while left:
            got = connection.recv_into(into[: min(left, len(into))])
            if not got:
                raise EOFError("the server went away")
            left -= got
        return count

    return receive


def from_flight(port: int, dtype: str, ours: bool, frame_bytes: int | None):
    import pyarrow.flight as flight

    options = [] if frame_bytes is None else [("grpc.http2.max_frame_size", frame_bytes)]
    client = flight.connect(f"grpc://127.0.0.1:{port}", generic_options=options)

    def tickets(count: int) -> list[flight.Ticket]:
        if not ours:
            return [flight.Ticket(f"{dtype} {count}".encode())]
        grid = [[z, y, x] for z in (0, 128) for y in (0, 128) for x in (0, 128, 256, 384)]
        origins = [grid[i % len(grid)] for i in range(count)]
        command = json.dumps({"dataset": dtype, "origins": origins}).encode()
        info = client.get_flight_info(flight.FlightDescriptor.for_command(command))
        return [endpoint.ticket for endpoint in info.endpoints]

    def receive(count: int) -> int:
        rows = 0
        for ticket in tickets(count):
            for chunk in client.do_get(ticket):
                rows += chunk.data.num_rows
        return rows

    return receive


def main(kind: str, port: int, pid: int, dtype: str, total_bytes: int, frame_bytes: int | None) -> None:
    block_bytes = 128**3 * {"uint8": 1, "uint16": 2, "float32": 4}[dtype]
    if kind == "socket":
        receive = from_socket(port, dtype, block_bytes)
    else:
        receive = from_flight(port, dtype, kind in ("own", "fallback"), frame_bytes)
    receive(max(4, (256 << 20) // block_bytes))
    count = total_bytes // block_bytes
    server, client, start = cpu_of(pid), time.process_time(), time.perf_counter()
    rows = receive(count)
    seconds = time.perf_counter() - start
    if rows != count:
        raise AssertionError(f"{rows} blocks arrived, not {count}")
    gigabytes = count * block_bytes / 1e9
    figures = {
        "gb_s": gigabytes / seconds,
        "server": (cpu_of(pid) - server) / gigabytes,
        "client": (time.process_time() - client) / gigabytes,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    frame = int(sys.argv[6]) if len(sys.argv) > 6 else None
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], int(sys.argv[5]), frame)
