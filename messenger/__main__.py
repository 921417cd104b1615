"""`python -m messenger`: the command line."""

from messenger.cli import main

if __name__ == "__main__":
    main(prog_name="messenger")
