"""Money in whole millionths, and what tokens cost."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens and the money for them, or what is put aside for them."""

    tokens: int
    micros: int

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.tokens + other.tokens, self.micros + other.micros)


@dataclass(frozen=True, slots=True)
class Price:
    """Millionths of the currency for a million tokens; `cached` is for input that the provider had
    kept from an earlier call."""

    input_micros: int
    cached_micros: int
    output_micros: int

    def micros(self, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> int:
        """What tokens cost, rounded up to a millionth."""
        fresh = max(0, input_tokens - cached_tokens)
        total = (
            fresh * self.input_micros
            + min(cached_tokens, input_tokens) * self.cached_micros
            + output_tokens * self.output_micros
        )
        return -(-total // MICROS)


def to_micros(amount: str | float | Decimal) -> int:
    """An amount in millionths. Raises `ValueError` for what is no amount."""
    try:
        micros = Decimal(str(amount)) * MICROS
    except InvalidOperation:
        raise ValueError(f"found {amount!r}, expected an amount such as 0.15") from None
    if not micros.is_finite() or micros < 0 or micros > 10**15:
        raise ValueError(f"found {amount!r}, expected an amount from 0 to 1,000,000,000")
    return int(micros.to_integral_value())


def shown(micros: int, currency: str) -> str:
    """An amount for people: two decimals, and more only where it is small."""
    amount = Decimal(micros) / MICROS
    digits = 2 if amount >= 1 or not micros else 4 if amount >= Decimal("0.01") else 6
    return f"{amount:,.{digits}f} {currency}"
