"""`vandap serve`: an index over HTTP."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from vandap.cli.command import Command, Outcome


class Serve(Command):
    """Serve an index over HTTP."""

    name = "serve"
    help = "an index over HTTP: search with JSON or plain bytes, health, metrics, OpenAPI"
    description = (
        "Serve an index until interrupted: POST /search, GET /health, /metrics and /openapi.json. It listens on this "
        "machine alone unless --host says otherwise, and then needs a token; without one it answers no page of another "
        "site. A body says what it is, as in `curl -H 'Content-Type: application/json' -d @query.json`. Changes that "
        "other processes make to the index are seen within a second."
    )
    example = "vandap index build vectors.npy --out faces && vandap serve faces --port 8700"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("index", metavar="INDEX", help="the index's folder")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8700, help="port to listen on (8700)")
        parser.add_argument("--token-file", metavar="FILE", help="file with the token that clients must show")
        parser.add_argument("--max-body", default="16MiB", help="size that a request may have (16MiB)")
        parser.add_argument(
            "--sample",
            type=float,
            default=0.01,
            metavar="SHARE",
            help="share of the queries compared with exact search, whose recall /metrics and `index info` show (0.01)",
        )
        parser.add_argument("--concurrency", type=int, default=64, help="requests that may be under way (64)")
        parser.add_argument(
            "--threads", type=int, default=1, help="threads of one search (1: requests are searched for side by side)"
        )
        parser.add_argument("--max-k", type=int, default=1000, help="neighbours that a query may ask for (1000)")
        parser.add_argument(
            "--max-hits", type=int, default=100_000, help="neighbours that a request may ask for in all (100000)"
        )
        parser.add_argument(
            "--max-wait",
            type=float,
            default=30.0,
            metavar="SECONDS",
            help="time that a request may take to come, and its answer to be read (30)",
        )

    def run(self, arguments: argparse.Namespace) -> Outcome:
        """Serve."""
        from vandap.search.amounts import memory
        from vandap.serve.options import Options
        from vandap.serve.run import read_token, serve

        token = read_token(Path(arguments.token_file)) if arguments.token_file is not None else ""
        body, concurrency = int(memory(arguments.max_body)), arguments.concurrency
        options = Options(
            arguments.host, arguments.port, token, body, concurrency, sample=arguments.sample, k=arguments.max_k,
            hits=arguments.max_hits, wait=arguments.max_wait,
        )  # fmt: skip

        def begun(port: int) -> None:
            if not arguments.quiet:
                host = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
                address = f"http://{host}:{port}"
                print(f"serving {arguments.index} on {address} (Ctrl-C stops)", file=sys.stderr, flush=True)

        serve(arguments.index, options, arguments.threads, begun)
        return Outcome(document={"index": arguments.index, "status": "stopped"}, text="Stopped.")
