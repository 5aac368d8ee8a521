"""The command line; every module here imports the rest of the program lazily."""
