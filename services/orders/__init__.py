"""What the customer bought: orders come in as events and come to points. See README.md."""
