"""What the customer takes part in. See README.md."""
