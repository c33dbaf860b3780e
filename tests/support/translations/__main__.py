"""`bin/translations` and `bin/translations --check`."""

import sys

from tests.support.translations import catalogue, checks, collect
from tests.support.translations.literals import stray_texts


def main(words: list[str]) -> int:
    """0 when nothing is left to do, 1 when something is (`--check` or not), 2 for a word nobody knows."""
    if set(words) - {"--check"}:
        print("bin/translations [--check]", file=sys.stderr)
        return 2
    texts = collect.everything()
    if "--check" in words:
        problems = [*checks.of_catalogue(catalogue.read(), texts), *checks.of_compiled(), *stray_texts()]
    else:
        catalogue.write(catalogue.merged(catalogue.read(), texts))
        problems = checks.of_catalogue(catalogue.read(), texts)
    for problem in problems:
        print(problem)
    summary = f"{len(texts)} texts, {len(problems)} {'problem' if len(problems) == 1 else 'problems'}"
    print(summary, file=sys.stderr if problems else sys.stdout)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
