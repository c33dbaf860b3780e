"""Fixtures for every test. Services and databases come from the plugin in tests/support."""
