r"""The Security Support Provider Interface on every platform: Kerberos, NTLM, Negotiate, CredSSP.

A handshake is an iterator over the tokens to send:

    import anysspi

    handshake = anysspi.initiate(
        "Negotiate",
        target="HTTP/web.example.com",
        credential=anysspi.Password(r"CORP\alice", "secret"),
    )
    for token in handshake:                     # `async for` in asyncio code
        send(token)
        if not handshake.done:
            handshake.receive(recv())
    context = handshake.context
    sealed = context.wrap(b"hello")

The server's side is the same object from `accept`; it receives first. `anysspi.raw` is the
interface call by call, and `anysspi.realm` a Kerberos realm in a box, for tests.
"""

# `as` the same name: for type checkers, that is what makes a name public.
from anysspi import raw as raw
from anysspi._native import (
    Account as Account,
    Accounts as Accounts,
    Anonymous as Anonymous,
    Certificate as Certificate,
    ChannelBindings as ChannelBindings,
    ConnectionInfo as ConnectionInfo,
    Context as Context,
    Credential as Credential,
    CredentialCache as CredentialCache,
    DelegationPolicy as DelegationPolicy,
    DroppedPackage as DroppedPackage,
    EarlyUserAuthResult as EarlyUserAuthResult,
    Field as Field,
    Group as Group,
    Handshake as Handshake,
    Identity as Identity,
    Inspection as Inspection,
    KeyInfo as KeyInfo,
    Keytab as Keytab,
    Negotiation as Negotiation,
    NtHash as NtHash,
    PackageInfo as PackageInfo,
    Password as Password,
    Peer as Peer,
    Sizes as Sizes,
    SmartCard as SmartCard,
    StreamSizes as StreamSizes,
    TrustedRoots as TrustedRoots,
    __version__ as __version__,
    accept as accept,
    initiate as initiate,
    inspect as inspect,
    package as package,
    packages as packages,
)
from anysspi.exceptions import *
from anysspi.flags import (
    Allow as Allow,
    Attribute as Attribute,
    Capabilities as Capabilities,
    Flag as Flag,
    Status as Status,
    Usage as Usage,
)
