"""What the customer is told. See README.md."""
