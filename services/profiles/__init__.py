"""Who the customer is. See README.md."""
