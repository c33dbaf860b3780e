"""Page-shaped reads: the queue, a case, a person's cases, places in line. They write nothing.

Every read starts from `visible_to(user)`. Each costs the same number of queries for one row and for thirty.
"""

from vigente.tickets.queries.cases import CasePage, case_page
from vigente.tickets.queries.counts import counts
from vigente.tickets.queries.line import Standing, line, place_of, place_range, why_here
from vigente.tickets.queries.mine import my_cases, search
from vigente.tickets.queries.pages import Page
from vigente.tickets.queries.preview import Preview, preview
from vigente.tickets.queries.queue import VIEWS, Row, queue_page, queue_rows

__all__ = [
    "VIEWS",
    "CasePage",
    "Page",
    "Preview",
    "Row",
    "Standing",
    "case_page",
    "counts",
    "line",
    "my_cases",
    "place_of",
    "place_range",
    "preview",
    "queue_page",
    "queue_rows",
    "search",
    "why_here",
]
