"""How much of a mail is looked at. What lies beyond is not read, and the mail says so (`ParsedMail.defects`)."""

MIB = 1024 * 1024

MAX_BYTES = 25 * MIB  # a larger mail is not parsed at all
MAX_SECONDS = 5.0  # wall time of one parse, start of the child included
MAX_CPU_SECONDS = 5
MAX_MEMORY = 300 * MIB  # address space of the child

MAX_HEADER_BLOCK = MIB  # the header lines of one part together
MAX_HEADERS = 500  # header lines of one part
MAX_HEADER = 16 * 1024  # one header, unfolded
MAX_SUBJECT = 255  # characters kept of a decoded subject
MAX_NAME = 120  # characters kept of a decoded personal name
MAX_ADDRESSES = 100  # per header
MAX_REFERENCES = 100
MAX_DEPTH = 12  # parts within parts
MAX_PARTS = 200
MAX_ATTACHMENTS = 100
MAX_FILENAME = 120  # characters, the extension included

MAX_TEXT = 400_000  # characters of plain text kept in a message
MAX_HTML = 3 * MIB // 2  # characters of HTML looked at; beyond it the text is used
MAX_QUOTE_LINES = 20_000
