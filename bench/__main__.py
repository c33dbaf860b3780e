"""All benchmarks, one after the other: `python -m bench`."""

import subprocess
import sys

NAMES = ("accepting", "deciding", "queueing")

if __name__ == "__main__":
    codes = [
        subprocess.run([sys.executable, "-m", f"bench.{name}", *sys.argv[1:]]).returncode for name in NAMES
    ]
    sys.exit(max(codes))
