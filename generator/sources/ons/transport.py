"""JSON over HTTP from a service that is slow, busy or wrong at times.

Everything that can go wrong ends as a `PortalError` that names the URL and what came
back.  Passing trouble (time-outs, 429, 503, an answer cut short) is tried again, with a
limit on the time that may be lost over a whole download.
"""

from __future__ import annotations

import ipaddress
import json
import random
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from generator.errors import PortalError, SettingsError

# Imported where something is downloaded, which most builds don't.
if TYPE_CHECKING:
    import requests

PORTAL = "the ONS Open Geography Portal"
BY_HAND = (
    "Download the layer by hand from https://geoportal.statistics.gov.uk as GeoJSON "
    "into boundaries/, or build with --boundaries hex."
)
USER_AGENT = "static-atlas-generator"
MAX_BYTES = 1_000_000_000
MAX_REDIRECTS = 3
SLOWEST_BYTES_PER_S = 1_000.0

_PASSING_STATUS = frozenset({408, 429, 500, 502, 503, 504})
_BLOCK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, in seconds.

    Attributes
    ----------
    connect_s
        For the name to be looked up, and again for the connection.
    silence_s
        Between two pieces of an answer; also the time after which an answer must have
        come at `SLOWEST_BYTES_PER_S` on average.
    trouble_s
        That failed attempts and the pauses after them may cost over a whole download.
    tries
        For one request, the first included.
    """

    connect_s: float
    silence_s: float
    trouble_s: float
    tries: int


THOROUGH = Patience(connect_s=10, silence_s=30, trouble_s=180, tries=6)
BRIEF = Patience(connect_s=2, silence_s=4, trouble_s=5, tries=3)
"""For a download that the build can do without; where requests time out, `trouble_s` ends it before
the last try."""


class GoneError(PortalError):
    """There is no such service or layer (any more)."""


class _PassingError(Exception):
    """Trouble that may be over in a moment."""

    def __init__(self, message: str, *, after_s: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.after_s = after_s


class Transport:
    """Asks for JSON documents; one instance per download, because it counts what is lost.

    Parameters
    ----------
    patience
        Time limits.
    sleep, jitter, clock
        Seconds to pause; a number from 0 to 1; monotonic seconds.  Replaced by tests.
    max_bytes
        Limit on all answers together, unpacked.
    """

    def __init__(
        self,
        patience: Patience,
        *,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self.received_bytes = 0
        self.requests = 0
        self._patience = patience
        self._sleep = sleep
        self._jitter = jitter
        import requests

        self._clock = clock
        self._max_bytes = max_bytes
        self._lost_s = 0.0
        self._answered = False
        self._session = requests.Session()
        self._session.headers["User-Agent"] = USER_AGENT
        self._session.auth = lambda request: request  # no password of ~/.netrc goes anywhere

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def get_json(self, url: str, parameters: Mapping[str, object]) -> dict[str, Any]:
        """Ask for one document, again if the trouble may pass.

        Parameters
        ----------
        url
            Without a query.
        parameters
            The query; ``f=json`` is not added.

        Returns
        -------
        dict
            The document, which holds no `error`.

        Raises
        ------
        GoneError
            If the service is not there.
        PortalError
            If it can't be reached, refuses, or answers badly until patience ends.
        """
        full = f"{url}?{urlencode(parameters)}"
        attempt = 1
        while True:
            started = self._clock()
            try:
                document = self._document(full)
            except _PassingError as trouble:
                pause_s = self._pause_s(attempt, trouble.after_s)
                self._lost_s += self._clock() - started + pause_s
                if attempt >= self._patience.tries or self._lost_s > self._patience.trouble_s:
                    raise _failed(full, _given_up(trouble, attempt)) from trouble
                self._sleep(pause_s)
                attempt += 1
            else:
                self._answered = True
                return document

    def _pause_s(self, attempt: int, after_s: float | None) -> float:
        """Doubling pauses, spread so that many builds don't come back at once."""
        pause_s: float = min(30.0, 0.5 * 2.0 ** (attempt - 1)) * (0.5 + self._jitter())
        return pause_s if after_s is None else after_s + 0.5 * self._jitter()

    def _document(self, full: str) -> dict[str, Any]:
        body = self._body(full)
        try:
            document = json.loads(body)
        except (ValueError, RecursionError) as error:
            start = body[:60].decode("utf-8", "replace")
            raise _PassingError(
                f"the answer of {len(body)} bytes is not whole JSON; it begins {start!r}"
            ) from error
        if not isinstance(document, dict):
            raise _failed(full, "the answer is JSON, but not an object")
        if "error" in document:
            _refuse(full, document["error"])
        return document

    def _body(self, full: str) -> bytes:
        url = full
        for _ in range(MAX_REDIRECTS + 1):
            response = self._open(url)
            try:
                if response.is_redirect:
                    url = _follow(url, response.headers["Location"])
                    continue
                _check_status(url, response)
                return self._read(url, response)
            finally:
                response.close()
        raise _failed(full, f"more than {MAX_REDIRECTS} redirects")

    def _open(self, url: str) -> requests.Response:
        import requests

        parts = urlsplit(url)
        local = is_loopback(parts.hostname or "")
        # A proxy can't know the loopback of this machine, and looks other names up itself.
        self._session.trust_env = not local
        if not local and not requests.utils.get_environ_proxies(url):
            _look_up(url, parts, self._patience.connect_s)
        limits = (min(self._patience.connect_s, self._silence_s()), self._silence_s())
        self.requests += 1
        try:
            return self._session.get(url, stream=True, allow_redirects=False, timeout=limits)
        except requests.exceptions.SSLError as error:
            raise _failed(url, "its certificate can't be trusted") from error
        except (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError) as error:
            raise self._unreachable(url, "no connection") from error
        except requests.exceptions.ReadTimeout as error:
            raise _PassingError(f"no answer within {limits[1]:g} seconds") from error
        except requests.exceptions.ConnectionError as error:
            raise self._unreachable(url, "no connection") from error
        except requests.exceptions.RequestException as error:
            raise _failed(url, f"the request failed ({type(error).__name__})") from error
        except ValueError as error:  # requests looks at where a redirect leads
            raise _failed(url, f"redirects to what is no address ({error})") from error

    def _silence_s(self) -> float:
        """How long to wait for a piece, which the last attempts have less time for."""
        left_s = self._patience.trouble_s - self._lost_s
        return min(self._patience.silence_s, max(0.2, left_s))

    def _unreachable(self, url: str, what: str) -> Exception:
        # Once it has answered, a lost connection is a hiccup and not a missing network.
        if self._answered:
            return _PassingError(what)
        return _failed(url, f"{urlsplit(url).hostname} can't be reached: {what}", reachable=False)

    def _read(self, url: str, response: requests.Response) -> bytes:
        """Read piecewise, because a time-out between pieces doesn't end an answer that drips."""
        import urllib3

        blocks: list[bytes] = []
        size, started = 0, self._clock()
        while True:
            try:
                block: bytes = response.raw.read1(_BLOCK_BYTES, decode_content=True)
            except (urllib3.exceptions.HTTPError, OSError) as error:
                raise _PassingError(f"the answer broke off after {size} bytes") from error
            if not block:
                return b"".join(blocks)
            blocks.append(block)
            size += len(block)
            self.received_bytes += len(block)
            if self.received_bytes > self._max_bytes:
                raise _failed(url, f"more than the {self._max_bytes:,} bytes that are allowed came")
            elapsed_s = self._clock() - started
            if elapsed_s > self._silence_s() and size < SLOWEST_BYTES_PER_S * elapsed_s:
                raise _PassingError(f"only {size} bytes in {elapsed_s:.0f} seconds")


def check_base(base: str) -> str:
    """Check the address of a portal or mirror and return it without a slash at the end.

    Parameters
    ----------
    base
        ``https://...``, or ``http://...`` on the loopback interface.

    Raises
    ------
    SettingsError
        If it is anything else, or carries a password, which would end up in messages.
    """
    try:
        parts = _parts(base)
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    if not (safe and parts.hostname) or parts.username or parts.query or parts.fragment:
        raise SettingsError(
            "the portal's address must be https (http only on this machine), "
            "without a user name or a query",
            where="ATLAS_ONS_BASE",
            fix="Set it to an address such as https://mirror.example/arcgis/rest/services.",
        )
    return base.rstrip("/")


def _parts(url: str) -> SplitResult:
    """Parts of an address; ValueError if it is none, or its port can't be one."""
    parts = urlsplit(url)
    _ = parts.port
    return parts


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine: ``localhost`` or a loopback address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _look_up(url: str, parts: SplitResult, limit_s: float) -> None:
    """Look the host's name up with a limit, which the system's resolver doesn't have."""
    outcome: list[bool] = []

    def resolve() -> None:
        try:
            socket.getaddrinfo(parts.hostname, parts.port or 443)
            outcome.append(True)
        except OSError:
            outcome.append(False)

    thread = threading.Thread(target=resolve, daemon=True)
    thread.start()
    thread.join(limit_s)
    if outcome != [True]:
        raise _failed(url, f"{parts.hostname} can't be reached: no network", reachable=False)


def _follow(url: str, location: str) -> str:
    """Where a redirect may lead: https anywhere, loopback http only to itself."""
    try:
        target = urljoin(url, location)
        old, new = _parts(url), _parts(target)
    except ValueError:
        raise _failed(url, f"redirects to what is no address: {location}") from None
    if new.scheme != old.scheme:
        raise _failed(url, f"redirects from {old.scheme} to {new.scheme}: {target}")
    if new.scheme != "https" and new.hostname != old.hostname:
        raise _failed(url, f"redirects to another host: {target}")
    return target


def _check_status(url: str, response: requests.Response) -> None:
    status = response.status_code
    text = f"HTTP {status} {response.reason or ''}".rstrip()
    if status in _PASSING_STATUS:
        raise _PassingError(text, after_s=_retry_after_s(response.headers.get("Retry-After")))
    if status in (404, 410):
        raise _gone(url, text)
    if status != 200:
        raise _failed(url, text)


def _retry_after_s(value: str | None) -> float | None:
    """Seconds to wait, from a header of seconds or of a date; None if it says neither."""
    import urllib3

    try:
        return None if value is None else urllib3.Retry().parse_retry_after(value)
    except (urllib3.exceptions.InvalidHeader, ValueError):  # a number of 5,000 digits
        return None


def _refuse(url: str, error: object) -> None:
    """Raise what an error object means; ArcGIS sends them with status 200."""
    fields = error if isinstance(error, dict) else {"message": error}
    code = fields.get("code")
    details = fields.get("details") or []
    texts = [fields.get("message"), *(details if isinstance(details, list) else [details])]
    text = "; ".join(dict.fromkeys(str(text) for text in texts if text)) or "no reason given"
    message = f"error {code}: {text}" if code is not None else f"error: {text}"
    if code in _PASSING_STATUS:
        raise _PassingError(message)
    if code == 404 or (code == 400 and "invalid url" in text.lower()):
        raise _gone(url, message)
    raise _failed(url, message)


def _gone(url: str, text: str) -> GoneError:
    return GoneError(
        f"there is no such layer at {PORTAL} (any more): {text}",
        where=url,
        fix=f"ONS renames services: name the current one in atlas.toml. {BY_HAND}",
    )


def _given_up(trouble: _PassingError, attempts: int) -> str:
    text = trouble.message if attempts == 1 else f"{trouble.message}, {attempts} times"
    return text if trouble.after_s is None else f"{text}; it asks to wait {trouble.after_s:.0f} s"


def _failed(url: str, text: str, *, reachable: bool = True) -> PortalError:
    return PortalError(text, where=url, fix=BY_HAND, reachable=reachable)
