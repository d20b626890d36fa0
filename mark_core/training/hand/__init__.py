"""What is done with the pages of one hand: it is learnt, and held-out ones are searched."""
