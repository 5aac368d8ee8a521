"""A throwaway branch that is shown: founded in a folder, led through a morning, and opened at 10:42."""
