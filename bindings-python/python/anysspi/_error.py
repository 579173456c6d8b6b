"""The base of every exception, and how the native module makes one."""

from __future__ import annotations

from typing import Any


class SspiError(Exception):
    """Why a call failed.

    The class says which status it is; `except anysspi.CredentialError` catches a whole family.
    """

    status: int = 0x80090304
    """The number of the status, such as `0x8009030C`."""
    symbol: str = "SEC_E_INTERNAL_ERROR"
    """The name of the status in the Windows SDK, such as `"SEC_E_LOGON_DENIED"`."""
    family: str = "Internal"
    """What the caller should do about it, in a word."""
    context: str
    """What was being done and the likely cause."""
    token: bytes | None
    """A token that the peer should still be sent."""
    nt_status: int | None
    """The NTSTATUS behind the status, such as `0xC0000072` for a disabled account."""
    kerberos_code: int | None
    """The Kerberos error code behind the status."""

    def __init__(
        self,
        context: str = "",
        *,
        token: bytes | None = None,
        nt_status: int | None = None,
        kerberos_code: int | None = None,
    ) -> None:
        super().__init__(context)
        self.context = context
        self.token = token
        self.nt_status = nt_status
        self.kerberos_code = kerberos_code

    def __str__(self) -> str:
        text = f"{self.symbol}: {self.context}" if self.context else self.symbol
        if self.nt_status is not None:
            return f"{text} (NTSTATUS 0x{self.nt_status:08X})"
        if self.kerberos_code is not None:
            return f"{text} (Kerberos error {self.kerberos_code})"
        return text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.context!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        # The attributes too: an exception of an unknown status has its number there.
        return type(self), (self.context,), self.__dict__


def make(
    status: int,
    context: str,
    token: bytes | None,
    nt_status: int | None,
    kerberos_code: int | None,
) -> SspiError:
    """The exception of a status, the base class where the number is not in the table."""
    from anysspi.exceptions import BY_STATUS

    known = BY_STATUS.get(status)
    made = (known or SspiError)(
        context, token=token, nt_status=nt_status, kerberos_code=kerberos_code
    )
    if known is None:
        made.status = status
        made.symbol = f"0x{status:08X}"
    return made
