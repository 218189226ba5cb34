"""The subcommands of ``parity``, one module each; ``parity.cli.main`` imports a module when its command is asked for."""
