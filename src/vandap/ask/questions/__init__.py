"""The questions that a stored run can answer, one file each, named by the question's number."""
