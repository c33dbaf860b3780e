"""Fixtures for every test. Services and databases come from the plugin in tests/support."""

from hypothesis import HealthCheck, settings

# A busy machine is no failure: nothing here is timed.
settings.register_profile("vigente", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("vigente")
