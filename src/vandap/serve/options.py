"""What a server is told."""

from __future__ import annotations

import hmac
import ipaddress
import math
from dataclasses import dataclass

from vandap.errors import UsageError


@dataclass(frozen=True)
class Options:
    """Limits and access.

    Args:
        host: Address to listen on.
        port: Port to listen on.
        token: What a client must show as `Authorization: Bearer ...`; empty for nobody.
        body: Bytes that a request may have.
        concurrency: Requests that may be under way; more are told to come back.
        queries: Vectors that a request may hold.
        sample: Share of the queries that are compared with exact search.
        k: Neighbours that a query may ask for; as many as the index was tuned for may always be.
        hits: Neighbours that a request may ask for, over all its queries.
        wait: Seconds that a request's body may take to come, and that a client may take to read the answer.
    """

    host: str = "127.0.0.1"
    port: int = 8700
    token: str = ""
    body: int = 16 * 2**20
    concurrency: int = 64
    queries: int = 4096
    sample: float = 0.01
    k: int = 1000
    hits: int = 100_000
    wait: float = 30.0

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65_535:
            raise UsageError(
                "There is no such port.",
                received=f"--port {self.port}",
                expected="a number up to 65535; 0 for any free port",
                hint="Leave it out for 8700.",
            )
        if not 0 <= self.sample <= 1:
            raise UsageError(
                "This is no share of the queries.",
                received=f"--sample {self.sample}",
                expected="a number from 0 to 1",
                hint="0.01 compares one query in a hundred; 0 none.",
            )
        self._check_limits()
        if not self.token.isprintable() or " " in self.token:
            raise UsageError(
                "This token cannot be shown in a header.",
                received=f"a token of {len(self.token)} characters, with white space or control characters among them",
                expected="one word on one line",
                hint="Write a long random text without spaces into the file of --token-file.",
            )
        if not self.token and not _loopback(self.host):
            raise UsageError(
                "A server that others can reach needs a token.",
                received=f"--host {self.host} without --token-file",
                expected="a token, or a loopback address such as 127.0.0.1",
                hint="Write a long random text into a file and give it with --token-file.",
            )

    def _check_limits(self) -> None:
        limits = {
            "--max-body": self.body, "--concurrency": self.concurrency, "queries": self.queries, "--max-k": self.k,
            "--max-hits": self.hits,
        }  # fmt: skip
        for name, value in limits.items():
            if value < 1:
                raise UsageError(
                    "This limit would refuse every search.",
                    received=f"{name} {value}",
                    expected="a whole number, one or more",
                    hint="Leave it out for the usual limit.",
                )
        if not 0 < self.wait < math.inf:
            raise UsageError(
                "This is no time to wait for a request.",
                received=f"--max-wait {self.wait:g}",
                expected="seconds, more than none",
                hint="Leave it out for 30.",
            )

    def admits(self, header: str) -> bool:
        """Whether an `Authorization` header opens the door; compared in constant time.

        Args:
            header: Its bytes as Latin-1, which is how servers give them; the token's are UTF-8.
        """
        return not self.token or hmac.compare_digest(header.encode("latin-1"), f"Bearer {self.token}".encode())

    def expects(self, host: str) -> bool:
        """Whether a `Host` header is one of this server.

        A page of any site can have its own name lead to this machine, and then ask as if it were from here; who has no
        token is kept out by the name alone.

        Args:
            host: The header, empty where there was none, which no browser does.
        """
        if self.token or not host:
            return True
        name = (host.partition("]")[0].removeprefix("[") if host[0] == "[" else host.partition(":")[0]).lower()
        return name == self.host.lower() or _loopback(name)


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
