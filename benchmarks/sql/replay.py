"""A Flight server that only replays what a real one answered to one prepared look-up: what a client takes by itself.

Started by compare.py as `replay.py ADDRESS`; prints its own address. Each method asks the server at ADDRESS once and gives that
answer from then on, whatever it is asked: of use for one statement with one set of parameters.
"""

import sys

import pyarrow.flight as flight


class Replay(flight.FlightServerBase):
    def __init__(self, real: str) -> None:
        super().__init__("grpc://127.0.0.1:0")
        self.real = flight.connect(real)
        self.answers: dict = {}

    def answer(self, key, ask):
        if key not in self.answers:
            self.answers[key] = ask()
        return self.answers[key]

    def do_action(self, context, action):
        bodies = self.answer(action.type, lambda: [result.body for result in self.real.do_action(action)])
        return iter([flight.Result(body) for body in bodies])

    def get_flight_info(self, context, descriptor):
        return self.answer("info", lambda: self.real.get_flight_info(descriptor))

    def do_put(self, context, descriptor, reader, writer):
        parameters = reader.read_all()
        writer.write(self.answer("put", lambda: self.put(descriptor, parameters)))

    def put(self, descriptor, parameters) -> bytes:
        writer, metadata = self.real.do_put(descriptor, parameters.schema)
        writer.write_table(parameters)
        writer.done_writing()
        handle = metadata.read().to_pybytes()
        writer.close()
        return handle

    def do_get(self, context, ticket):
        return flight.RecordBatchStream(self.answer("get", lambda: self.real.do_get(ticket).read_all()))


if __name__ == "__main__":
    server = Replay(sys.argv[1])
    print(f"grpc://127.0.0.1:{server.port}", flush=True)
    server.serve()
