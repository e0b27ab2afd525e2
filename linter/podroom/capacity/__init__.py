"""The sums: max pods, warm pool, subnet demand, each with its working shown and its source cited."""
