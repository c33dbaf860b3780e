"""All benchmarks, one after the other: `python -m bench [--postgresql]`."""

import subprocess
import sys

NAMES = ("accept", "decide", "coverage", "queue", "renew", "fairness", "trial")

if __name__ == "__main__":
    commands = [[sys.executable, "-m", f"bench.{name}", *sys.argv[1:]] for name in NAMES]
    sys.exit(max([subprocess.run(command).returncode for command in commands]))
