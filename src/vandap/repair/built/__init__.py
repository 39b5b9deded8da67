"""Repairs of networks that `vandap train` built: changes become other settings of the plan."""
