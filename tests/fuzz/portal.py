"""The portal on a bad day: the stub portal, with faults that a list of them describes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager

from damage import change_tree, damage_bytes, damage_text
from portal_stub import Action, Answer, Asked, Rule, StubPortal
from shapely.geometry import mapping
from targets import SERVICE, squares


def features() -> list[dict[str, object]]:
    """The small atlas's areas, as the portal has them."""
    return [
        {
            "type": "Feature",
            "properties": {"lad16cd": row.par20cd, "lad16nm": row.par20nm},
            "geometry": mapping(row.geometry),
        }
        for row in squares().itertuples()
    ]


@contextmanager
def on_a_bad_day(faults: bytes) -> Iterator[str]:
    """The address of a portal whose answers have the faults of a file (see `targets`)."""
    with StubPortal(features(), service=SERVICE, page_rows=3) as portal:
        for fault in json.loads(faults):
            action = _action(fault["how"], fault["seed"])
            portal.rules.append(Rule(action, kind=fault["kind"], times=fault["times"]))
        yield portal.base


def _action(how: str, seed: int) -> Action:
    rng = random.Random(seed)

    def act(portal: StubPortal, asked: Asked, answer: Answer) -> Answer:
        if how == "tree":
            tree = change_tree(json.loads(answer.body), rng)
            return Answer(json.dumps(tree).encode())
        if how == "status":
            status = rng.choice([200, 204, 206, 301, 304, 400, 403, 404, 418, 429, 500, 503, 599])
            headers = {"Retry-After": rng.choice(["0", "-1", "1e9", "9" * 30, "²", "Thu", ""])}
            return Answer(answer.body, status, headers)
        if how == "length":
            length = rng.choice(["-1", "0", "5", "99999999999999999999", "x", ""])
            return Answer(answer.body, headers={"Content-Length": length}, hang_up=True)
        if how == "redirect":
            to = rng.choice(
                ["/", "//x", "http://[", "file:///etc/passwd", "ftp://x", "", asked.path]
            )
            return Answer(b"", 302, {"Location": to})
        damage = damage_text if how == "text" else damage_bytes
        encoding = rng.choice([{}, {}, {"Content-Encoding": rng.choice(["gzip", "br", "x"])}])
        return Answer(damage(answer.body, rng), headers=encoding)

    return act
