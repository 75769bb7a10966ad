"""What Regulars costs on AWS: units of each operation × list prices × how often it happens."""
