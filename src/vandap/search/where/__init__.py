"""Filters: expressions over payload columns, such as `age >= 30 and city in ('Hue', 'Vinh') and not blocked`."""

from vandap.search.where.evaluate import matching as matching
from vandap.search.where.parse import parse as parse
