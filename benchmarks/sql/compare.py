"""Starts a server over an embedded database, fills its catalog, measures in turns and prints tables. Called by run.sh."""

from __future__ import annotations

import contextlib
import os
import platform
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import adbc_driver_flightsql.dbapi as flightsql
import adbc_driver_postgresql.dbapi as postgresql
from cpu import cpu_of

HERE = Path(__file__).parent
CHUNKS_A_DATASET = 40_000  # a volume of 4400^3 voxels
SCANNED = 1_000_000
COLUMNS = "id, dataset, level, z, y, x, vmin, vmax, mean, stddev, byte_size, checksum"
SCAN = f"SELECT {COLUMNS} FROM chunks WHERE dataset = 'scanned'"
POINT = "SELECT mean, stddev FROM chunks WHERE dataset = ? AND level = 0 AND z = ? AND y = ? AND x = ?"
BOX = (
    "SELECT z, y, x, mean FROM chunks WHERE dataset = ? AND level = 0"
    " AND z >= ? AND z < ? AND y >= ? AND y < ? AND x >= ? AND x < ?"
)
LOOKUPS = 1000
BOXES = 300
WARM_UP = 3000  # until the JVM has compiled what it will
SCAN_TARGET = 1.3
POINT_TARGET_MS = 3.0
GROWTH_TARGET = 2.0


class Database:
    """The embedded PostgreSQL, asked as its owner."""

    def __init__(self, home: Path, data: Path) -> None:
        pid, _, _, port, *_ = (data / "postmaster.pid").read_text().split("\n")
        self.psql = Path(os.readlink(f"/proc/{pid}/exe")).parent / "psql"
        self.port = int(port)
        self.password = (home / "postgres.password").read_text().strip()
        self.uri = f"postgresql://voxelflight:{self.password}@127.0.0.1:{self.port}/voxelflight"

    def run(self, script: str) -> str:
        """Runs a script of psql; returns what it says."""
        command = [str(self.psql), "-X", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port)]
        command += ["-U", "voxelflight", "voxelflight"]
        environment = os.environ | {"PGPASSWORD": self.password}
        done = subprocess.run(command, input=script, text=True, check=True, stdout=subprocess.PIPE, env=environment)
        return done.stdout


def datasets_sql(first: int, count: int, chunks: int, name: str | None = None) -> str:
    """Makes datasets with chunks as ingestion would: a partition each, indexed when its rows are in."""
    return f"""
SET search_path = voxelflight; SET synchronous_commit = off; SET maintenance_work_mem = '256MB';
DO $$
DECLARE n integer; part text; side integer := ceil({chunks} ^ (1 / 3.0));
BEGIN
  FOR i IN {first}..{first + count - 1} LOOP
    INSERT INTO dataset (id, name, kind, dtype, axes, voxel_size, tags, location, attrs, created_at)
    VALUES (gen_random_uuid(), {f"'{name}'" if name else "'d' || i"}, 'image', 'uint8', 'zyx', '{{8,8,8}}', '{{}}', 'nowhere',
      '{{}}', now()) RETURNING no INTO n;
    INSERT INTO level VALUES (n, 0, ARRAY[1, 1, side * 128, side * 128, side * 128], '{{128,128,128}}', '{{512,512,512}}',
      '{{8,8,8}}', '0', {chunks} * 100000::bigint, {chunks});
    part := 'chunk_' || n;
    EXECUTE format('CREATE TABLE %I (LIKE chunk, CHECK (dataset_no = %s), CHECK (id >= %s AND id < %s))', part, n,
      n::bigint << 40, (n + 1)::bigint << 40);
    EXECUTE format('INSERT INTO %I SELECT (%s::bigint << 40) + i, %s, 0, 0, 0, i / (%s * %s) * 128, i / %s %% %s * 128,
      i %% %s * 128, 128, 128, 128, 0, 255, hashint4(i) %% 255, hashint4(i + 7) %% 40, 1, hashint4(i + 9) %% 8,
      90000 + i %% 20000, hashint8(i), ''{{0,0,0,128,128,128}}'', ''{{}}'' FROM generate_series(0, {chunks - 1}) AS s(i)',
      part, n, n, side, side, side, side, side);
    EXECUTE format('CREATE UNIQUE INDEX ON %I (id)', part);
    EXECUTE format('CREATE UNIQUE INDEX ON %I (dataset_no, level, t, c, z, y, x)', part);
    EXECUTE format('ALTER TABLE chunk ATTACH PARTITION %I FOR VALUES IN (%s)', part, n);
    EXECUTE format('ANALYZE %I', part);
    COMMIT;
  END LOOP;
END $$;
"""


def fetch(cursor, query: str) -> int:
    """Reads a result batch by batch, as a dataloader or pandas does."""
    cursor.execute(query)
    rows = 0
    reader = cursor.fetch_record_batch()
    for batch in reader:
        rows += batch.num_rows
    return rows


def timed(call) -> float:
    start = time.perf_counter()
    rows = call()
    seconds = time.perf_counter() - start
    if rows != SCANNED:
        raise AssertionError(f"{rows} rows arrived, not {SCANNED}")
    return seconds


def scans(database: Database, flight, direct, server: int, java: list[str], rounds: int) -> list[str]:
    view = SCAN.replace("FROM chunks", "FROM main.chunks")
    jdbc = subprocess.Popen(
        [*java, "io.voxelflight.benchmarks.sql.JdbcScan", f"jdbc:postgresql://127.0.0.1:{database.port}/voxelflight",
         "voxelflight", database.password, view],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip

    def by_jdbc() -> int:
        jdbc.stdin.write("\n")
        jdbc.stdin.flush()
        return int(jdbc.stdout.readline().split()[0])

    def copy() -> int:
        return int(database.run(f"\\copy ({view}) TO '/dev/null' (FORMAT binary)").removeprefix("COPY "))

    contenders = {
        "psql `\\copy` binary to /dev/null": copy,
        "voxelflight, ADBC": lambda: fetch(flight, SCAN),
        "PostgreSQL, ADBC": lambda: fetch(direct, view),
        "PostgreSQL, JDBC, each value an object": by_jdbc,
    }
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    cpu = []
    for number in range(rounds + 2):  # two to warm up
        for name, call in contenders.items():
            before = cpu_of(server)
            took = timed(call)
            if number >= 2:
                seconds[name].append(took)
                if name.startswith("voxelflight"):
                    cpu.append(cpu_of(server) - before)
    jdbc.stdin.close()
    jdbc.wait()
    base = seconds["psql `\\copy` binary to /dev/null"]
    lines = [f"{SCANNED:,} rows of 12 columns:", "", "| reader | seconds | range | of psql |", "|---|---|---|---|"]
    for name, took in seconds.items():
        ratio = statistics.median(a / b for a, b in zip(took, base, strict=True))
        lines.append(f"| {name} | {statistics.median(took):.2f} | {min(took):.2f} to {max(took):.2f} | {ratio:.2f} |")
    ratio = statistics.median(a / b for a, b in zip(seconds["voxelflight, ADBC"], base, strict=True))
    lines += ["", f"The server took {statistics.median(cpu):.2f} CPU seconds a scan. Target: at most {SCAN_TARGET}"
              f" times psql's time; reached {ratio:.2f}{'' if ratio <= SCAN_TARGET else ' (missed)'}."]  # fmt: skip
    return lines


def place(random_: random.Random, names: list[str], side: int, room: int = 1) -> tuple:
    return (random_.choice(names), *(random_.randrange(side - room) * 128 for _ in range(3)))


def lookups(cursor, query: str, arguments: list[tuple], rows: int) -> list[float]:
    millis = []
    for values in arguments:
        start = time.perf_counter()
        cursor.execute(query, values)
        got = cursor.fetch_arrow_table().num_rows
        millis.append((time.perf_counter() - start) * 1e3)
        if got != rows:
            raise AssertionError(f"{got} rows for {values}, not {rows}")
    return millis


class Cost:
    """The CPU milliseconds that a server and this process take a look-up."""

    def __init__(self, server: int) -> None:
        self.server, self.spent = server, (cpu_of(server), time.process_time())

    def of(self, count: int) -> list[float]:
        now = cpu_of(self.server), time.process_time()
        return [(a - b) / count * 1e3 for a, b in zip(now, self.spent, strict=True)]


@contextlib.contextmanager
def replaying(address: str) -> Iterator[tuple[str, int]]:
    """A server that replays the answers of the one at `address`; gives its address and process."""
    command = [sys.executable, str(HERE / "replay.py"), address]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip(), process.pid
    finally:
        process.kill()
        process.wait()


def floor(address: str, server: int, rounds: int) -> list[str]:
    """One look-up again and again, by our server and by one that does nothing for it, in turns."""
    places = [place(random.Random(7), ["d1"], 30)]
    with replaying(address) as (replay, replay_process):
        contenders = {"voxelflight": (address, server), "a server that replays the answers": (replay, replay_process)}
        millis: dict[str, list[float]] = {name: [] for name in contenders}
        cost: dict[str, list[list[float]]] = {name: [] for name in contenders}
        with contextlib.ExitStack() as stack:
            cursors = {}
            for name, (where, _) in contenders.items():
                connection = stack.enter_context(flightsql.connect(where, autocommit=True))
                cursors[name] = stack.enter_context(connection.cursor())
            for number in range(rounds + 1):
                for name, (_, pid) in contenders.items():
                    before = Cost(pid)
                    took = lookups(cursors[name], POINT, places * (LOOKUPS if number else WARM_UP), 1)
                    if number:
                        millis[name] += took
                        cost[name].append(before.of(LOOKUPS))
    lines = [
        "The same look-up again and again, milliseconds, and CPU milliseconds of a look-up:",
        "",
        "| server | p50 | p99 | server's CPU | client's CPU |",
        "|---|---|---|---|---|",
    ]
    for name, took in millis.items():
        cpu = [statistics.median(each) for each in zip(*cost[name], strict=True)]
        lines.append(f"| {name} | {quantiles(took)} | {cpu[0]:.2f} | {cpu[1]:.2f} |")
    return lines


def quantiles(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} | {statistics.quantiles(values, n=100)[98]:.2f}"


def dollars(query: str) -> str:
    """PostgreSQL's own parameters."""
    number = iter(range(1, 100))
    return re.sub(r"\?", lambda _: f"${next(number)}", query).replace("FROM chunks", "FROM main.chunks")


def sizes(database: Database, connect_flight, connect_direct, totals: list[int], rounds: int) -> list[str]:
    side = 1
    while side**3 < CHUNKS_A_DATASET:
        side += 1
    results = {}
    made = 0
    lines = []
    for total in totals:
        count = total // CHUNKS_A_DATASET
        start = time.perf_counter()
        while made < count:
            step = min(250, count - made)
            database.run(datasets_sql(made, step, CHUNKS_A_DATASET))
            made += step
        print(f"{total} chunks in {made} datasets, made in {time.perf_counter() - start:.0f} s", file=sys.stderr)
        database.run("ANALYZE voxelflight.dataset, voxelflight.level")
        with connect_flight() as connection, connect_direct() as direct:
            figures: dict[str, list[float]] = {"point": [], "box": [], "direct": []}
            with connection.cursor() as flight, connection.cursor() as boxes, direct.cursor() as pg:
                seen = random.Random(7)
                names = [f"d{seen.randrange(made)}" for _ in range(50)]  # what is asked for lies in memory
                for number in range(rounds + 1):
                    places = [place(seen, names, side - 2) for _ in range(LOOKUPS if number else WARM_UP)]
                    corners = [place(seen, names, side - 2, 3) for _ in range(BOXES if number else WARM_UP)]
                    box = [(n, z, z + 256, y, y + 256, x, x + 256) for n, z, y, x in corners]
                    point = lookups(flight, POINT, places, 1)
                    boxed = lookups(boxes, BOX, box, 8)
                    plain = lookups(pg, dollars(POINT), places, 1)
                    if number:
                        figures["point"] += point
                        figures["box"] += boxed
                        figures["direct"] += plain
                flight.execute("EXPLAIN " + BOX.replace("?", "{}").format("'d1'", 0, 256, 0, 256, 0, 256))
                plan = "\n".join(str(row[1]) for row in flight.fetchall())
                partitions = set(re.findall(r" on (chunk_\d+) ", plan))
                if len(partitions) != 1:
                    raise AssertionError(f"the plan of a box reads {len(partitions)} partitions")
        results[total] = figures
    lines += [
        "Look-ups of one chunk and boxes of eight, prepared statements, milliseconds:",
        "",
        "| chunks | datasets | point p50 | p99 | box p50 | p99 | point, PostgreSQL by ADBC, p50 | p99 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for total, figures in results.items():
        lines.append(
            f"| {total:,} | {total // CHUNKS_A_DATASET} | {quantiles(figures['point'])} | {quantiles(figures['box'])}"
            f" | {quantiles(figures['direct'])} |"
        )
    first, last = totals[0], totals[-1]
    worst = max(statistics.median(figures["point"]) for figures in results.values())
    lines += ["", "EXPLAIN of a box names one partition at every size."]
    lines.append(
        f"Target: point p50 at most {POINT_TARGET_MS} ms; reached"
        f" {worst:.2f}{'' if worst <= POINT_TARGET_MS else ' (missed)'}."
    )
    for kind in ("point", "box"):
        growth = statistics.median(results[last][kind]) / statistics.median(results[first][kind])
        lines.append(
            f"Target: {kind} at {last:,} chunks at most {GROWTH_TARGET} times as long as at {first:,}; reached"
            f" {growth:.2f}{'' if growth <= GROWTH_TARGET else ' (missed)'}."
        )
    return lines


def main(launcher: str, scratch: Path, out: Path, rounds: int, totals: list[int], java: list[str]) -> None:
    home = scratch / "home"
    up = [launcher, "up", "--home", str(home), "--flight-port", "0", "--http-port", "0", "--cache", "64MiB"]
    address = subprocess.run(up, check=True, stdout=subprocess.PIPE, text=True).stdout.split()[-1]
    status = subprocess.run(
        [launcher, "status", "--home", str(home)], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    data = Path(re.search(r"PostgreSQL \S+ at (\S+)", status)[1])
    (scratch / "database").write_text(str(data.parent))
    server = int(re.search(r"process (\d+)", status)[1])
    database = Database(home, data)
    database.run(datasets_sql(0, 1, SCANNED, "scanned"))

    def flight():
        return flightsql.connect(address, autocommit=True)

    def direct():
        return postgresql.connect(database.uri, autocommit=True)

    with flight() as ours, ours.cursor() as cursor, direct() as theirs, theirs.cursor() as plain:
        scan = scans(database, cursor, plain, server, java, rounds)
    grown = sizes(database, flight, direct, totals, rounds)
    alone = floor(address, server, rounds)
    text = "\n".join(
        [
            f"ADBC {flightsql.__name__.split('.')[0]}, Python {platform.python_version()}, embedded PostgreSQL,"
            f" {os.cpu_count()} CPUs for all, {rounds} rounds in turns, medians.",
            "",
            *scan,
            "",
            *grown,
            "",
            *alone,
            "",
        ]
    )
    out.write_text(text)
    print(text)


if __name__ == "__main__":
    end = sys.argv.index("--")
    main(
        sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]),
        [int(total) for total in sys.argv[5].split()], sys.argv[end + 1 :],
    )  # fmt: skip
