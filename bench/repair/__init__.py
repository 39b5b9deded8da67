"""What repairs are worth: `fix` on faults and healthy trainings, its claims, its power, its speed."""
