"""The zoo: healthy and faulty trainings on which the rules of the exam are measured."""
