"""Public holidays by country and year, as the `holidays` library knows them: what the owner is offered.

Nothing here counts by itself: what counts is what was kept (`models.Holiday`).
"""

from datetime import date
from functools import cache, lru_cache

NEAR = ("NI", "GT", "HN", "SV", "CR", "PA", "DO", "MX", "CO", "PE", "EC", "ES")  # offered first


@cache
def countries() -> tuple[str, ...]:
    """ISO codes of the countries with a calendar, the vendor's neighbours first."""
    import holidays

    known = sorted(
        code for code in holidays.list_supported_countries(include_aliases=False) if len(code) == 2
    )
    return (*NEAR, *(code for code in known if code not in NEAR))


@lru_cache(maxsize=64)
def public_holidays(country: str, year: int, language: str) -> dict[date, str]:
    """The country's holidays of the year in order, named in the language where the library can."""
    import holidays

    spoken = holidays.list_localized_countries().get(country, [])
    wanted = next((one for one in (language, "en_US") if one in spoken), None)
    found = holidays.country_holidays(country, years=year, language=wanted)
    return {day: name[:120] for day, name in sorted(found.items())}
