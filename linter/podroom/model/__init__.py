"""The World: plain frozen data."""
