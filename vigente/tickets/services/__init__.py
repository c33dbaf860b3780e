"""The only code that writes cases. Each function is one transaction, takes `now`, and records what happened as an
event.
"""
