"""podroom: will the pods have room?"""

__version__ = "0.1.0"
