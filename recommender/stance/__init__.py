"""On which side: targets, polarity, agreement."""
