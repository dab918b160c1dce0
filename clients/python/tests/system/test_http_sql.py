"""POST /sql with curl's kind of client: JSON, CSV and Arrow, limits, and wrong questions."""

from __future__ import annotations

import csv
import http.client
import io
import json
import re
import threading
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

if TYPE_CHECKING:
    import voxelflight
    from harness import Server

Arrays = dict[str, np.ndarray[Any, Any]]

ARROW = "application/vnd.apache.arrow.stream"
SERIES = "SELECT x FROM generate_series(1, {}) AS t (x) ORDER BY x"


def ask(
    server: Server, question: object, accept: str | None = None, content_type: str = "application/json"
) -> tuple[int, dict[str, str], bytes]:
    body = question.encode() if isinstance(question, str) else json.dumps(question).encode()
    headers = {"Content-Type": content_type} | ({"Accept": accept} if accept else {})
    request = urllib.request.Request(server.http + "/sql", body, headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=100) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, {name.lower(): value for name, value in refusal.headers.items()}, refusal.read()


def document(server: Server, question: object, content_type: str = "application/json") -> Any:
    status, headers, body = ask(server, question, content_type=content_type)
    assert status == 200, body
    assert headers["content-type"] == "application/json"
    return json.loads(body)


@pytest.mark.usefixtures("volumes")
def test_the_three_forms_say_what_the_client_reads(server: Server, client: voxelflight.Client) -> None:
    text = "SELECT id, dataset, z, y, x, vmin, mean FROM chunks WHERE dataset IN ('deep', 'real') ORDER BY id"
    table = client.sql(text)
    found = document(server, {"sql": text})
    assert [column["name"] for column in found["columns"]] == table.column_names
    rows = [list(row.values()) for row in table.to_pylist()]
    assert [[str(row[0]), *row[1:]] for row in found["rows"]] == [[str(row[0]), *row[1:]] for row in rows]
    assert (found["row_count"], found["row_limit"], found["truncated"]) == (len(rows), 10_000, False)
    assert len(rows) > 3

    status, headers, body = ask(server, {"sql": text}, ARROW)
    assert (status, headers["content-type"], headers["x-voxelflight-row-limit"]) == (200, ARROW, "10000")
    assert pa.ipc.open_stream(body).read_all().equals(table)

    status, headers, body = ask(server, {"sql": text}, "text/csv")
    assert (status, headers["content-type"].partition(";")[0]) == (200, "text/csv")
    lines = list(csv.reader(io.StringIO(body.decode())))
    assert lines[0] == table.column_names
    assert [line[1:5] for line in lines[1:]] == [[str(value) for value in row[1:5]] for row in rows]


@pytest.mark.usefixtures("volumes")
def test_the_body_may_be_the_statement_alone(server: Server) -> None:
    for content_type in ("text/plain", "text/plain; charset=utf-8", "application/sql"):
        assert document(server, "SELECT 1 + 1 AS n", content_type)["rows"] == [[2]]


@pytest.mark.usefixtures("volumes")
def test_parameters_are_values_not_text(server: Server) -> None:
    question = "SELECT name FROM datasets WHERE name = ? AND ? > 1.0 AND ? IS NULL AND ?"
    assert document(server, {"sql": question, "parameters": ["deep", 1.5, None, True]})["rows"] == [["deep"]]
    evil = "deep' OR 'a' = 'a"
    assert document(server, {"sql": "SELECT name FROM datasets WHERE name = ?", "parameters": [evil]})["rows"] == []
    big = 9_223_372_036_854_775_807
    assert document(server, {"sql": "SELECT CAST(? AS bigint) AS n", "parameters": [big]})["rows"] == [[big]]


@pytest.mark.parametrize("rows", [0, 1, 9_999, 10_000, 10_001, 60_000])
def test_no_more_rows_than_the_limit_and_the_answer_says_so(server: Server, rows: int) -> None:
    found = document(server, {"sql": SERIES.format(rows)})
    assert [row[0] for row in found["rows"]] == list(range(1, min(rows, 10_000) + 1))
    assert found["truncated"] is (rows > 10_000)
    found = document(server, {"sql": SERIES.format(rows), "row_limit": 50_000})
    assert (found["row_count"], found["truncated"]) == (min(rows, 50_000), rows > 50_000)
    _, headers, body = ask(server, {"sql": SERIES.format(rows), "row_limit": 7}, ARROW)
    assert headers["x-voxelflight-row-limit"] == "7"
    assert pa.ipc.open_stream(body).read_all().column(0).to_pylist() == list(range(1, min(rows, 7) + 1))


def test_tensors_come_as_arrow(server: Server, volumes: Arrays) -> None:
    text = "SELECT z, y, x, size_z, size_y, size_x, tensor FROM blocks('deep') ORDER BY z, y, x"
    status, _, body = ask(server, {"sql": text}, ARROW)
    assert status == 200
    table = pa.ipc.open_stream(body).read_all()
    voxels = np.concatenate([chunk.to_numpy_ndarray() for chunk in table.column("tensor").chunks])
    for row, block in zip(table.drop_columns("tensor").to_pylist(), voxels, strict=True):
        inside = tuple(slice(row[axis], row[axis] + row[f"size_{axis}"]) for axis in "zyx")
        sized = tuple(slice(row[f"size_{axis}"]) for axis in "zyx")
        np.testing.assert_array_equal(block[sized], volumes["deep"][inside])
    for accept in ("application/json", "text/csv"):
        status, _, body = ask(server, {"sql": text}, accept)
        assert (status, "Arrow only" in json.loads(body)["detail"]) == (406, True)


@pytest.mark.usefixtures("volumes")
@pytest.mark.parametrize(
    ("question", "status", "words"),
    [
        ("", 400, "the body is empty"),
        ("{", 400, "the body is no JSON"),
        ("[]", 400, "no JSON object"),
        ({}, 400, "'sql' is missing"),
        ({"sql": 5}, 400, "'sql' is 5"),
        ({"sql": "SELECT 1", "limit": 5}, 400, "field 'limit' is unknown, use sql, parameters, row_limit"),
        ('{"sql": "SELECT 1", "sql": "SELECT 2"}', 400, "(?i)duplicate"),
        ({"sql": "SELECT 1", "row_limit": -1}, 400, "'row_limit' is -1"),
        ({"sql": "SELECT 1", "row_limit": 1_000_001}, 400, "use 0 to 1000000"),
        ({"sql": "SELECT 1", "row_limit": 1.5}, 400, "'row_limit' is 1.5"),
        ({"sql": "SELECT 1", "row_limit": 1e300}, 400, "'row_limit' is"),
        ({"sql": "SELECT 1", "parameters": 5}, 400, "'parameters' is 5"),
        ({"sql": "SELECT 1", "parameters": [[1]]}, 400, "parameter 1 is"),
        ({"sql": "SELECT 1", "parameters": [1]}, 400, "has 0 parameters, but 1"),
        ({"sql": "SELECT ? + 1"}, 400, "has 1 parameters, but 0"),
        ({"sql": "SELECT CAST(? AS integer)", "parameters": ["five"]}, 400, "invalid input syntax"),
        ({"sql": "SELEC 1"}, 400, "SELEC"),
        ({"sql": "DROP TABLE datasets"}, 400, "DROP is not supported"),
        ({"sql": "SELECT nothing FROM datasets"}, 404, "nothing"),
        ({"sql": "SELECT 1 / (x - 1) FROM generate_series(1, 3) AS t (x)"}, 400, "division by zero"),
    ],
)
def test_wrong_questions_are_problem_documents(server: Server, question: object, status: int, words: str) -> None:
    got, headers, body = ask(server, question)
    assert headers["content-type"] == "application/problem+json"
    problem = json.loads(body)
    assert got == status, problem
    assert re.search(words, problem["detail"]), problem
    assert document(server, {"sql": "SELECT 1 AS one"})["rows"] == [[1]]


def test_forms_that_are_not_spoken(server: Server) -> None:
    assert ask(server, "a=b", content_type="application/x-www-form-urlencoded")[0] == 415
    assert ask(server, {"sql": "SELECT 1"}, "text/html")[0] == 406


def test_an_error_behind_the_first_rows_breaks_the_answer_off(server: Server) -> None:
    """A client must not take a part for the whole."""
    text = "SELECT 1 / (x - 400000) AS n FROM generate_series(1, 500000) AS t (x)"
    with pytest.raises((OSError, http.client.HTTPException)):  # (urllib says "Connection: close")
        ask(server, {"sql": text, "row_limit": 1_000_000})


@pytest.mark.usefixtures("volumes")
def test_a_slow_reader_holds_little_and_gets_all(server: Server) -> None:
    body = json.dumps({"sql": SERIES.format(1_000_000), "row_limit": 1_000_000}).encode()
    request = urllib.request.Request(server.http + "/sql", body, {"Content-Type": "application/json", "Accept": ARROW})
    with urllib.request.urlopen(request, timeout=100) as answer:
        first = answer.read(1000)
        time.sleep(2)
        others: list[Any] = []
        threads = [
            threading.Thread(target=lambda: others.append(document(server, {"sql": "SELECT 1 AS n"}))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        table = pa.ipc.open_stream(first + answer.read()).read_all()
    assert [other["rows"] for other in others] == [[[1]]] * 8
    assert table.num_rows == 1_000_000
