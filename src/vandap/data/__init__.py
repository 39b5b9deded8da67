"""From files to a data set: readers, splits, audit, batches."""
