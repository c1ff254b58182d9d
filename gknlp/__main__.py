"""``python -m gknlp`` is the command ``gknlp``."""

from gknlp.cli import main

if __name__ == "__main__":
    main()
