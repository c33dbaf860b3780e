"""The English catalogue: collecting the Spanish texts of the code, keeping their translations, and what can be wrong.

`bin/translations` is the door. Needs no gettext tools: Babel reads Python, Django turns templates into Python, polib
writes the two files, which are kept in the repository so that a fresh clone speaks both languages at once.
"""
