"""User data of a node -> what it says about max pods."""

from podroom.assembly.user_data.reader import decode_base64, read_user_data

__all__ = ["decode_base64", "read_user_data"]
