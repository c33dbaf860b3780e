"""`GET /api/v1/coverage` as the product asks it at every start, with the tag of the answer it has (304), against the
least that any request with a token costs: the same address for a licence that is not there.
"""

import logging
from datetime import UTC, datetime, timedelta

from django.test import Client

from bench.measure import compare, tell
from vigente import factories as make
from vigente.accounts.services import issue_token

LIMIT = 3.0  # times as long


def main() -> None:
    logging.disable(logging.WARNING)  # that a licence is not there
    now = datetime.now(UTC)
    customer = make.make_customer(now=now - timedelta(days=3), version=make.make_version(cases=100_000))
    for _ in range(50):
        customer.ticket(now - timedelta(days=1))
    _token, secret = issue_token(name="bench", user=None, scopes=["coverage", "coverage:any"], now=now)
    client, asked = Client(SERVER_NAME="localhost"), {"Authorization": f"Bearer {secret}"}
    where = f"/api/v1/coverage?licence={customer.licence.key}"
    tag = client.get(where, headers=asked)["ETag"]

    def kept() -> None:
        assert client.get(where, headers=asked | {"If-None-Match": tag}).status_code == 304

    def nothing() -> None:
        assert client.get("/api/v1/coverage?licence=NO", headers=asked).status_code == 404

    found = compare(kept, nothing, calls=30)
    ours, theirs = found.milliseconds
    row = {"304 ms": ours, "404 ms": theirs, "ratio": found.ratio, "limit": LIMIT}
    tell("coverage", {"asked with its tag": row}, passed=found.ratio <= LIMIT)


if __name__ == "__main__":
    main()
