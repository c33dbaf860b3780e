"""The demonstration vendor as content: who it is, who its customers are, what they ask. No database here.

`vendor.toml`         the vendor, its departments and people
`plans.toml`          what it sells (sample prices)
`organizations.toml`  the customers, and what the months did to them
`trades.toml`         what each kind of shop sells
`stories/*.toml`      the conversations
`phrases.toml`        names and wordings that vary

Everything is invented; addresses end in the reserved `.example`.
"""
