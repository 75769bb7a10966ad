"""How the shop treats its customers: chat in, one score a day out."""
