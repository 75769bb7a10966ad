"""What operators define, such as activities and rewards: kept whole, with every version it had."""
