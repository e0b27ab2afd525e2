"""CIDR arithmetic on integers."""

from __future__ import annotations

from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.functions.registry import function
from podroom.evaluation.terms import ListTerm, Number, Term
from podroom.evaluation.types import NUMBER, STRING, ListType
from podroom.records import dataclass

_BITS_V4 = 32
_BITS_V6 = 128
_OCTETS = 4
_WIDEST_NEWBITS = 32


@dataclass(frozen=True, slots=True)
class Network:
    """An address block: the integer of its first address, the prefix length, and the bits of its family."""

    first: int
    prefix: int
    bits: int

    def __str__(self) -> str:
        """Return the block in CIDR notation."""
        return f"{address_text(self.first, self.bits)}/{self.prefix}"


def parse_network(text: str) -> Network:
    """Return the block that a CIDR text means; leading zeros are decimal, as in Terraform."""
    address, slash, length = text.partition("/")
    failure = EvaluationFailure(f'"{text[:60]}" is no CIDR block')
    if not slash or not length.isdecimal() or not length.isascii() or len(length) > 3:
        raise failure
    value, bits = parse_address(address)
    if value is None or int(length) > bits:
        raise failure
    prefix = int(length)
    host_bits = bits - prefix
    return Network(value >> host_bits << host_bits, prefix, bits)


def parse_address(text: str) -> tuple[int | None, int]:
    """Return the integer of an address and the bits of its family; None if it is no address."""
    if ":" in text:
        return _parse_v6(text), _BITS_V6
    return _parse_v4(text), _BITS_V4


def _parse_v4(text: str) -> int | None:
    octets = text.split(".")
    if len(octets) != _OCTETS:
        return None
    value = 0
    for octet in octets:
        if not octet.isascii() or not octet.isdecimal() or len(octet) > 20 or int(octet) > 255:
            return None
        value = value << 8 | int(octet)
    return value


def _parse_v6(text: str) -> int | None:
    from ipaddress import AddressValueError, IPv6Address  # noqa: PLC0415 - only IPv6 needs it

    try:
        return None if "%" in text else int(IPv6Address(text))
    except AddressValueError:
        return None


def address_text(value: int, bits: int) -> str:
    """Return an address in its usual notation."""
    if bits == _BITS_V4:
        return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))
    from ipaddress import IPv6Address  # noqa: PLC0415 - only IPv6 needs it

    return str(IPv6Address(value))


def _whole(value: Number, what: str) -> int:
    if not isinstance(value, int):
        raise EvaluationFailure(f"{what} must be a whole number")
    return value


@function("cidrsubnet", STRING, NUMBER, NUMBER, result=STRING)
def _cidrsubnet(text: str, newbits: Number, number: Number) -> Term:
    network = parse_network(text)
    extra, position = _whole(newbits, "newbits"), _whole(number, "netnum")
    prefix = network.prefix + extra
    if not 0 <= prefix <= network.bits:
        raise EvaluationFailure(f"{text} has no room for {extra} more bits of prefix")
    if extra >= 0 and position >= 1 << extra:  # Terraform does not check the number for fewer bits
        raise EvaluationFailure(f"{extra} bits of prefix have no subnet number {position}")
    shifted = position << (network.bits - prefix)
    # A negative number is taken by its absolute value and, as a known quirk of Terraform, loses the base.
    first = network.first | shifted if position >= 0 else abs(position) << (network.bits - prefix)
    return str(Network(first, prefix, network.bits))


@function("cidrsubnets", STRING, variadic=NUMBER, result=ListType(STRING))
def _cidrsubnets(text: str, *newbits: Number) -> Term:
    network = parse_network(text)
    end = network.first + (1 << (network.bits - network.prefix))
    at = network.first
    subnets: list[Term] = []
    for value in newbits:
        extra = _whole(value, "newbits")
        prefix = network.prefix + extra
        if extra < 1 or extra > _WIDEST_NEWBITS or prefix > network.bits:
            raise EvaluationFailure(f"{text} cannot be extended by {extra} bits of prefix")
        size = 1 << (network.bits - prefix)
        at = (at + size - 1) // size * size
        if at + size > end:
            raise EvaluationFailure(f"{text} has not enough room left for a subnet with a prefix of {prefix} bits")
        subnets.append(str(Network(at, prefix, network.bits)))
        at += size
    return ListTerm(STRING, subnets)


@function("cidrhost", STRING, NUMBER, result=STRING)
def _cidrhost(text: str, number: Number) -> Term:
    network = parse_network(text)
    position = _whole(number, "hostnum")
    size = 1 << (network.bits - network.prefix)
    if not -size <= position < size:
        raise EvaluationFailure(f"{text} has no address number {position}")
    return address_text(network.first + position % size, network.bits)


@function("cidrnetmask", STRING, result=STRING)
def _cidrnetmask(text: str) -> Term:
    network = parse_network(text)
    if network.bits != _BITS_V4:
        raise EvaluationFailure("only IPv4 blocks have a netmask")
    host_bits = _BITS_V4 - network.prefix
    return address_text((1 << _BITS_V4) - (1 << host_bits), _BITS_V4)
