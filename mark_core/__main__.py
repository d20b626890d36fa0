"""``python -m mark_core``: the command line."""

from mark_core.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
