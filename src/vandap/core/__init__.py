"""The vocabulary of vandap: records that every other part speaks. Standard library and numpy only."""
