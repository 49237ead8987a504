"""`python cli.py` is the console script `readmore`, from a checkout."""

from recommender.cli import main

if __name__ == "__main__":
    main()
