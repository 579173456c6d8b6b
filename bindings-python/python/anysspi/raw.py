"""The interface call by call, under its own names, for people who port code.

Statuses of the `SEC_I_` family come in `Outcome.status`, those of the `SEC_E_` family are raised. A
null handle is `SecurityContext()`. Buffers are typed, and written in place where their object is
writable.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from anysspi._native import (
    Buffer,
    Credential,
    DelegationPolicy,
    Identity,
    Outcome,
    SecurityContext,
    accept_security_context,
    complete_auth_token,
    decrypt_message,
    delete_security_context,
    encrypt_message,
    free_credentials_handle,
    initialize_security_context,
    make_signature,
    package,
    packages,
    query_context_attributes,
    query_credentials_attributes,
    query_security_context_token,
    set_context_attributes,
    shut_down_stream,
    verify_signature,
)
from anysspi.flags import (
    Allow,
    AscReq,
    AscRet,
    Attribute,
    BufferAttributes,
    BufferKind,
    IscReq,
    IscRet,
    Status,
    Usage,
)

enumerate_security_packages = packages
query_security_package_info = package


def acquire_credentials_handle(
    principal: str | None,
    package: str,
    usage: Usage,
    identity: Identity | Sequence[Identity] | None = None,
    *,
    allow: Allow | None = None,
    packages: list[str] | None = None,
    without_packages: list[str] | None = None,
    delegation: DelegationPolicy | None = None,
) -> tuple[Credential, datetime | None]:
    """Acquires credentials, and says when they expire."""
    credential = Credential(
        package,
        identity,
        usage=usage,
        principal=principal,
        allow=allow,
        packages=packages,
        without_packages=without_packages,
        delegation=delegation,
    )
    return credential, credential.expiry


__all__ = [
    "AscReq",
    "AscRet",
    "Attribute",
    "Buffer",
    "BufferAttributes",
    "BufferKind",
    "IscReq",
    "IscRet",
    "Outcome",
    "SecurityContext",
    "Status",
    "Usage",
    "accept_security_context",
    "acquire_credentials_handle",
    "complete_auth_token",
    "decrypt_message",
    "delete_security_context",
    "encrypt_message",
    "enumerate_security_packages",
    "free_credentials_handle",
    "initialize_security_context",
    "make_signature",
    "query_context_attributes",
    "query_credentials_attributes",
    "query_security_context_token",
    "query_security_package_info",
    "set_context_attributes",
    "shut_down_stream",
    "verify_signature",
]
