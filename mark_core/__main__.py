"""``python -m mark_core``: the command line."""

from mark_core.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
