"""What points buy: the catalogue, its stock, and redemptions from the first tap to the delivery. See ../README.md."""
