"""What decisive tests say of healthy and of faulty trainings, suspected or not."""
