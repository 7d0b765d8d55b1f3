"""Lets `python -m corpuslint` run the command line."""

from corpuslint.cli import main

if __name__ == "__main__":
    main(prog_name="corpuslint")
