"""podroom says whether the pods will have room."""

__version__ = "0.1.0"
