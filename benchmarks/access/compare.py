"""Measures the same streams and calls with and without access control, in turns. Called by run.sh."""

import argparse
import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import pathlib
import secrets
import shutil
import statistics
import sys
import time

import tuning

tuning.apply()

import pyarrow.flight as flight  # noqa: E402
from launched import Running, Server, smooth  # noqa: E402

SIDE = 256
BLOCK = 128
STREAM_BLOCKS = 1000
CALLS = 500
WARM_STREAMS = 20  # some 40 GB: until the JVM has compiled what it will
ISSUER = "https://login.example.org/"


class Client:
    def __init__(self, running: Running, secret: str | None) -> None:
        self.flight = flight.connect(running.flight, generic_options=[("grpc.http2.max_frame_size", tuning.FRAME_BYTES)])
        self.http = http.client.HTTPConnection(running.http.removeprefix("http://"))
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        named = [(name.lower().encode(), value.encode()) for name, value in self.headers.items()]
        self.options = flight.FlightCallOptions(headers=named)
        self.running = running

    def stream(self) -> tuple[float, float]:
        """GB/s, and the server's CPU seconds a GB."""
        grid = [[z, y, x] for z in (0, BLOCK) for y in (0, BLOCK) for x in (0, BLOCK)]
        origins = [grid[i % len(grid)] for i in range(STREAM_BLOCKS)]
        command = json.dumps({"dataset": "em", "origins": origins}).encode()
        cpu, begin, rows = self.running.cpu(), time.perf_counter(), 0
        info = self.flight.get_flight_info(flight.FlightDescriptor.for_command(command), self.options)
        for endpoint in info.endpoints:
            for chunk in self.flight.do_get(endpoint.ticket, self.options):
                rows += chunk.data.num_rows
        seconds, gigabytes = time.perf_counter() - begin, rows * BLOCK**3 / 1e9
        if rows != STREAM_BLOCKS:
            sys.exit(f"{rows} blocks arrived, not {STREAM_BLOCKS}")
        return gigabytes / seconds, (self.running.cpu() - cpu) / gigabytes

    def get_schema(self) -> None:
        self.flight.get_schema(flight.FlightDescriptor.for_path("em"), self.options)

    def get_block(self) -> None:
        self.http.request("GET", "/block?dataset_id=em&z=0&y=0&x=0&size=8&format=raw", headers=self.headers)
        answer = self.http.getresponse()
        if len(answer.read()) != 8**3 or answer.status != 200:
            sys.exit(f"GET /block got {answer.status}")

    def milliseconds(self, call: str) -> float:
        """The median of some calls."""
        method, times = getattr(self, call), []
        self.http.close()  # the server has done so long ago, and the next call connects anew
        method()
        for _ in range(CALLS):
            begin = time.perf_counter()
            method()
            times.append((time.perf_counter() - begin) * 1000)
        return statistics.median(times)


def token(secret: bytes) -> str:
    """An HS256 JWT, good for a day."""

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    claims = {"iss": ISSUER, "aud": "voxelflight", "sub": "benchmark", "exp": int(time.time()) + 86400}
    text = part(b'{"alg":"HS256"}') + "." + part(json.dumps(claims).encode())
    return text + "." + part(hmac.new(secret, text.encode(), hashlib.sha256).digest())


def tokens_file(folder: pathlib.Path, secret: bytes) -> pathlib.Path:
    (folder / "secret").write_bytes(secret)
    issuer = {
        "issuer": ISSUER,
        "audience": "voxelflight",
        "algorithms": ["HS256"],
        "secret_file": "secret",
        "default_role": "reader",
        "default_datasets": ["*"],
    }
    place = folder / "tokens.json"
    place.write_text(json.dumps({"issuers": [issuer]}))
    return place


Figures = dict[tuple[str, str], list[float]]


def measure(clients: dict[str, Client], rounds: int, figures: Figures) -> None:
    for client in clients.values():
        for _ in range(WARM_STREAMS):
            client.stream()
        for call in ("get_schema", "get_block"):
            for _ in range(10):
                client.milliseconds(call)
    for number in range(rounds):
        print(f"round {number + 1}", file=sys.stderr)
        order = list(clients.items())
        for what in ("stream", "get_schema", "get_block"):
            for name, client in order[number % len(order) :] + order[: number % len(order)]:
                if what == "stream":
                    speed, cpu = client.stream()
                    figures.setdefault((name, "stream"), []).append(speed)
                    figures.setdefault((name, "cpu"), []).append(cpu)
                else:
                    figures.setdefault((name, what), []).append(client.milliseconds(what))


def table(names: list[str], figures: Figures) -> list[str]:
    lines = [
        "| access | stream, GB/s | of off | server CPU s/GB | GetSchema, ms | more than off | GET /block 8^3, ms | more than off |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name in names:
        of = {what: figures[name, what] for what in ("stream", "cpu", "get_schema", "get_block")}
        off = {what: figures["off", what] for what in of}
        ratio = statistics.median(a / b for a, b in zip(of["stream"], off["stream"], strict=True))
        more = {
            call: statistics.median(a - b for a, b in zip(of[call], off[call], strict=True))
            for call in ("get_schema", "get_block")
        }
        median = {what: statistics.median(values) for what, values in of.items()}
        lines.append(
            f"| {name} | {median['stream']:.2f} | {ratio:.3f} | {median['cpu']:.3f}"
            f" | {median['get_schema']:.3f} | {more['get_schema']:+.3f}"
            f" | {median['get_block']:.3f} | {more['get_block']:+.3f} |"
        )
    return [*lines, "", "Targets: 0.97 of the stream, 0.1 ms more of a call."]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("launcher", type=pathlib.Path)
    parser.add_argument("scratch", type=pathlib.Path)
    parser.add_argument("--starts", type=int, required=True, help="of all servers: no two processes are equally fast")
    parser.add_argument("--rounds", type=int, required=True, help="of each start")
    parser.add_argument("--table", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    shutil.rmtree(arguments.scratch, ignore_errors=True)
    arguments.scratch.mkdir(parents=True)
    secret = secrets.token_bytes(32)
    tokens = tokens_file(arguments.scratch, secret)
    servers = [Server(arguments.launcher, arguments.scratch / f"home-{number}") for number in range(4)]
    try:
        for server in servers:
            server.ingest(smooth(SIDE), "em")
        key = servers[2].key("benchmark")
        required = ["--auth", "required", "--tokens", str(tokens)]
        off = ["--auth", "off"]
        ways: dict[str, tuple[Server, list[str], str | None]] = {
            "off": (servers[0], off, None),
            "off, another process": (servers[1], off, None),
            "required, API key": (servers[2], required, key),
            "required, JWT": (servers[3], required, token(secret)),
        }
        figures: Figures = {}
        for start in range(arguments.starts):
            names = list(ways)[start % len(ways) :] + list(ways)[: start % len(ways)]
            with contextlib.ExitStack() as stack:
                clients = {}
                for name in names:
                    server, options, credential = ways[name]
                    clients[name] = Client(stack.enter_context(server.serve(*options)), credential)
                measure(clients, arguments.rounds, figures)
        lines = table(list(ways), figures)
    finally:
        for server in servers:
            server.remove()
        shutil.rmtree(arguments.scratch, ignore_errors=True)
    arguments.table.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
