"""``python -m parity`` is ``parity``."""

import sys

if __name__ == "__main__":
    try:
        from parity.cli.main import main
    except ModuleNotFoundError as error:
        # Python would end with 1, which is a verdict.
        print(f"parity: usage: {error}: install what it needs with `make setup`, and use its .venv", file=sys.stderr)
        sys.exit(2)
    main(prog_name="parity")
