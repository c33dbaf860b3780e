"""Numbers that answer "is support sustainable?", each with the rows behind it. Reads only (docs/reports.md)."""
