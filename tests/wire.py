"""A service of AWS on the wire that answers as a test says: between boto3 and nothing else."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
from botocore.config import Config

#: What to answer to (operation, what it was given): (status, body). An error has a __type.
Answer = Callable[[str, dict[str, Any]], tuple[int, dict[str, Any]]]


class JsonWire:
    """A service that talks JSON. Answers at ``client``, and remembers the ``calls`` that came."""

    def __init__(self, service: str, answer: Answer) -> None:
        calls: list[tuple[str, dict[str, Any]]] = []

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                operation = self.headers["X-Amz-Target"].rpartition(".")[2]
                given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                calls.append((operation, given))
                status, said = answer(operation, given)
                body = json.dumps(said, default=lambda moment: moment.timestamp()).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.calls = calls
        self._server = HTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        make: Any = boto3.client
        self.client = make(
            service,
            region_name="eu-west-1",
            endpoint_url=f"http://127.0.0.1:{self._server.server_port}",
            aws_access_key_id="none",
            aws_secret_access_key="none",
            config=Config(retries={"total_max_attempts": 1}),
        )

    def close(self) -> None:
        self.client.close()
        self._server.shutdown()
        self._server.server_close()


class StepFunctionsWire(JsonWire):
    def __init__(self, answer: Answer) -> None:
        super().__init__("stepfunctions", answer)
