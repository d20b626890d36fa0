"""What learning a hand is made of: its time, its crops, its lessons."""
