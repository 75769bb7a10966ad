"""What the customer earned and redeemed. See README.md."""
