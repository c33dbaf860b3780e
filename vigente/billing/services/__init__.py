"""The only code that writes what was sold and what was drawn."""
