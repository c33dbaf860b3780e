"""Components: each small file draws one family; `templatetags/ui.py` offers them all to every template."""
