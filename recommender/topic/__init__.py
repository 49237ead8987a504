"""How close in topic: weights, index, query."""
