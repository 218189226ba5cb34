"""The subcommands of ``parity``, one module each; ``harness.cli`` imports a module when its command is asked for."""
