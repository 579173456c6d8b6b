//! The established context: names, flags, and the protection of messages.

use crate::buffer::{Buffer, BufferKind};
use crate::context::{
    Attribute, AttributeValue, BindingsChecked, Facts, Negotiation, Peer, Side, Sizes,
};
use crate::credentials::{Delegated, Secret, UserName};
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::package::{self, MessageOptions, PackageInfo, Quality};
use crate::raw::{Standing, attribute_of};
use crate::status::Status;
use crate::time::Time;
use std::fmt;

/// An established context.
///
/// ```
/// # use anysspi::accounts::{Account, MemoryAccounts};
/// # use anysspi::{Identity, Step};
/// # let accounts = MemoryAccounts::new([Account::with_password(r"CORP\alice", "secret")]);
/// # let mut server = anysspi::accept("NTLM").credential(Identity::accounts(accounts)).start()?;
/// # let mut client = anysspi::initiate("NTLM")
/// #     .credential(Identity::password(r"CORP\alice", "secret")).start()?;
/// # while let Step::SendToken(token) = client.next()? {
/// #     if let Step::SendToken(answer) = server.step(Some(&token))? { client.receive(&answer)?; }
/// # }
/// let mut client = client.into_context()?;
/// let mut server = server.into_context()?;
///
/// let sealed = client.wrap(b"hello")?;
/// assert_eq!(server.unwrap(&sealed)?, b"hello");
///
/// let signature = server.sign(b"in the clear")?;
/// client.verify(b"in the clear", &signature)?;
/// # Ok::<(), anysspi::Error>(())
/// ```
pub struct Context {
    standing: Standing,
}

impl Context {
    pub(super) fn new(standing: Standing) -> Self {
        Self { standing }
    }

    /// Everything the handshake learnt.
    pub fn facts(&self) -> &Facts {
        self.standing.facts()
    }

    /// The package of the context.
    pub fn package(&self) -> &PackageInfo {
        &self.facts().package
    }

    /// How the package was agreed on, where it was: what was offered, what was chosen, and why others
    /// were dropped.
    pub fn negotiation(&self) -> Option<&Negotiation> {
        self.facts().negotiation.as_deref()
    }

    /// Which end this is.
    pub fn side(&self) -> Side {
        self.facts().side
    }

    /// What the context has. Every flag is true of it.
    pub fn flags(&self) -> ContextFlags {
        self.facts().flags
    }

    /// When it ends.
    pub fn expiry(&self) -> Time {
        self.facts().expiry
    }

    /// The client: on an acceptor the user that was authenticated.
    pub fn client(&self) -> &UserName {
        &self.facts().client
    }

    /// What an acceptor knows of the client beyond its name: its realm, and where its ticket has a
    /// PAC its identifier and its groups. Kerberos alone tells it.
    ///
    /// ```
    /// # fn show(context: &anysspi::Context) {
    /// if let Some(peer) = context.peer() {
    ///     println!("{}@{}", peer.user, peer.realm);
    ///     peer.all_groups().for_each(|group| println!("in {}", group.sid));
    /// }
    /// # }
    /// ```
    pub fn peer(&self) -> Option<&Peer> {
        self.facts().peer.as_deref()
    }

    /// Whether the client is anonymous.
    pub fn is_anonymous(&self) -> bool {
        self.flags().contains(ContextFlags::NULL_SESSION)
    }

    /// The server, as it announced itself.
    pub fn server(&self) -> Option<&str> {
        self.facts().server.as_deref()
    }

    /// The target's name as the client gave it.
    pub fn target(&self) -> Option<&str> {
        self.facts().target.as_deref()
    }

    /// What became of the channel bindings.
    pub fn bindings_checked(&self) -> BindingsChecked {
        self.facts().bindings_checked
    }

    /// The session key.
    pub fn session_key(&self) -> &Secret {
        &self.facts().session_key
    }

    /// The sizes for message protection.
    pub fn sizes(&self) -> Sizes {
        self.facts().sizes
    }

    /// Asks anything else ([`raw::query_context_attributes`](crate::raw::query_context_attributes)).
    pub fn query(&self, attribute: Attribute) -> Result<AttributeValue> {
        attribute_of(&self.standing, attribute)
    }

    /// What the client delegated, on an acceptor: the credentials are handed out once, and are the
    /// caller's to keep or to drop. Asked again, or on an initiator, it is NO_CREDENTIALS.
    pub fn delegated(&mut self) -> Result<Delegated> {
        match self.query(Attribute::CREDS)? {
            AttributeValue::Delegated(delegated) => Ok(delegated),
            _ => Err(Error::new(Status::INTERNAL_ERROR, "the package answered something else")),
        }
    }

    /// How a whole message is wrapped: encrypted, or signed alone where the caller did without
    /// confidentiality.
    fn wrapping(&self, number: Option<u32>) -> Result<MessageOptions> {
        let quality = if self.flags().contains(ContextFlags::CONFIDENTIALITY) {
            Quality::DEFAULT
        } else {
            Quality::NO_ENCRYPT
        };
        Ok(MessageOptions { quality, ..self.numbering(number)? })
    }

    /// Who counts the messages. A connectionless context cannot, and a number that comes twice would
    /// encrypt two messages with the same stream; so the two kinds are not mistaken for each other.
    fn numbering(&self, number: Option<u32>) -> Result<MessageOptions> {
        let is_datagram = self.flags().contains(ContextFlags::DATAGRAM);
        match (is_datagram, number) {
            (true, None) => Err(Error::new(
                Status::UNSUPPORTED_FUNCTION,
                "a connectionless context keeps no count of messages: give each its number",
            )),
            (false, Some(_)) => Err(Error::new(
                Status::UNSUPPORTED_FUNCTION,
                "this context counts its messages itself",
            )),
            (_, number) => {
                Ok(MessageOptions { sequence: number.unwrap_or(0), ..MessageOptions::default() })
            }
        }
    }

    /// Protects a message: its signature and the message, encrypted where the context has
    /// confidentiality. Of a stream it gives the bytes to send, of any length.
    pub fn wrap(&mut self, message: &[u8]) -> Result<Vec<u8>> {
        if self.facts().stream_sizes.is_some() {
            return self.standing.protecting()?.encrypt_stream(message);
        }
        let options = self.wrapping(None)?;
        self.wrap_with(options, message)
    }

    /// [`Context::wrap`] on a connectionless context, whose messages the caller numbers. A number
    /// must never come twice.
    pub fn wrap_datagram(&mut self, number: u32, message: &[u8]) -> Result<Vec<u8>> {
        let options = self.wrapping(Some(number))?;
        self.wrap_with(options, message)
    }

    fn wrap_with(&mut self, options: MessageOptions, message: &[u8]) -> Result<Vec<u8>> {
        package::wrap(self.standing.protecting()?, options, message)
    }

    /// Protects a message in place and writes its signature, which goes before the message, into
    /// `signature`; gives the signature's length. Nothing is allocated.
    pub fn wrap_in_place(&mut self, message: &mut [u8], signature: &mut [u8]) -> Result<usize> {
        let options = self.wrapping(None)?;
        let mut buffers = [Buffer::exclusive(BufferKind::TOKEN, signature), Buffer::data(message)];
        self.standing.protecting()?.encrypt(options, &mut buffers)?;
        let [token, _] = &buffers;
        Ok(token.len())
    }

    /// Opens a message that the peer protected.
    ///
    /// Of a stream it takes the bytes as they come, cut anywhere, and gives what is in them, which may
    /// be nothing yet. Begin with [`Handshake::extra`](crate::Handshake::extra). At the stream's end
    /// it is CONTEXT_EXPIRED.
    pub fn unwrap(&mut self, wrapped: &[u8]) -> Result<Vec<u8>> {
        Ok(self.unwrap_with_quality(wrapped)?.0)
    }

    /// [`Context::unwrap`], which also says how the message was protected: Kerberos and PKU2U open what
    /// the peer only signed too. Everything in a stream is encrypted.
    ///
    /// ```
    /// # use anysspi::accounts::{Account, MemoryAccounts};
    /// # use anysspi::{Identity, Step};
    /// # let mut client = anysspi::initiate("NTLM").credential(Identity::password("alice", "secret")).start()?;
    /// # let accounts = MemoryAccounts::new([Account::with_password("alice", "secret")]);
    /// # let mut server = anysspi::accept("NTLM").credential(Identity::accounts(accounts)).start()?;
    /// # while let Step::SendToken(token) = client.next()? {
    /// #     if let Step::SendToken(answer) = server.step(Some(&token))? { client.receive(&answer)?; }
    /// # }
    /// # let (mut client, mut server) = (client.into_context()?, server.into_context()?);
    /// use anysspi::raw::Quality;
    ///
    /// let (message, quality) = server.unwrap_with_quality(&client.wrap(b"hello")?)?;
    /// assert_eq!((&*message, quality), (&b"hello"[..], Quality::DEFAULT));
    /// # Ok::<(), anysspi::Error>(())
    /// ```
    pub fn unwrap_with_quality(&mut self, wrapped: &[u8]) -> Result<(Vec<u8>, Quality)> {
        if self.facts().stream_sizes.is_some() {
            return Ok((self.unwrap_stream(wrapped)?, Quality::DEFAULT));
        }
        let options = self.wrapping(None)?;
        self.unwrap_with(options, wrapped)
    }

    /// [`Context::unwrap`] on a connectionless context: the message that the peer gave this number.
    /// Which numbers have come already is the caller's to know.
    pub fn unwrap_datagram(&mut self, number: u32, wrapped: &[u8]) -> Result<Vec<u8>> {
        let options = self.wrapping(Some(number))?;
        Ok(self.unwrap_with(options, wrapped)?.0)
    }

    fn unwrap_with(
        &mut self,
        options: MessageOptions,
        wrapped: &[u8],
    ) -> Result<(Vec<u8>, Quality)> {
        let (mut message, quality) =
            package::unwrap(self.standing.protecting()?, options, wrapped)?;
        Ok((std::mem::take(&mut *message), quality))
    }

    /// Opens a message that the peer protected, in place, and gives the part of `wrapped` that is
    /// the message. Nothing is allocated. What was decrypted and is not the peer's is wiped.
    pub fn unwrap_in_place<'a>(&mut self, wrapped: &'a mut [u8]) -> Result<&'a mut [u8]> {
        Ok(self.unwrap_in_place_with_quality(wrapped)?.0)
    }

    pub(crate) fn unwrap_in_place_with_quality<'a>(
        &mut self,
        wrapped: &'a mut [u8],
    ) -> Result<(&'a mut [u8], Quality)> {
        let options = self.wrapping(None)?;
        let mut buffers =
            [Buffer::exclusive(BufferKind::STREAM, wrapped), Buffer::empty(BufferKind::DATA)];
        let quality = self.standing.protecting()?.decrypt(options, &mut buffers)?;
        let [_, data] = buffers;
        Ok((data.into_exclusive().unwrap_or_default(), quality))
    }

    /// Opens a message in place, whose signature is beside it: the other end of
    /// [`Context::wrap_in_place`]. Nothing is allocated. What was decrypted and is not the peer's is
    /// wiped.
    pub fn open_in_place(&mut self, message: &mut [u8], signature: &[u8]) -> Result<()> {
        self.open_in_place_with_quality(message, signature)?;
        Ok(())
    }

    pub(crate) fn open_in_place_with_quality(
        &mut self,
        message: &mut [u8],
        signature: &[u8],
    ) -> Result<Quality> {
        let options = self.wrapping(None)?;
        let mut buffers = [Buffer::token(signature), Buffer::data(message)];
        self.standing.protecting()?.decrypt(options, &mut buffers)
    }

    /// [`Established::signature_length`](crate::package::Established::signature_length)
    pub(crate) fn signature_length(&self, wrapped: &[u8]) -> Option<usize> {
        self.standing.context().signature_length(wrapped)
    }

    fn unwrap_stream(&mut self, received: &[u8]) -> Result<Vec<u8>> {
        let mut message = Vec::new();
        match self.standing.protecting()?.decrypt_stream(received, &mut message) {
            // What came before it is the caller's; the next call has the same error.
            Err(error) if message.is_empty() => Err(error),
            _ => Ok(message),
        }
    }

    /// Ends a stream: the bytes to send as its last. What the peer still sends can be opened.
    pub fn shut_down(&mut self) -> Result<Vec<u8>> {
        self.standing.protecting()?.shut_down()
    }

    /// Signs a message that goes out in the clear.
    pub fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>> {
        let options = self.numbering(None)?;
        self.sign_with(options, message)
    }

    /// [`Context::sign`] on a connectionless context. A number must never come twice.
    pub fn sign_datagram(&mut self, number: u32, message: &[u8]) -> Result<Vec<u8>> {
        let options = self.numbering(Some(number))?;
        self.sign_with(options, message)
    }

    fn sign_with(&mut self, options: MessageOptions, message: &[u8]) -> Result<Vec<u8>> {
        let mut buffers = [
            Buffer::owned(BufferKind::TOKEN, vec![0; self.sizes().max_signature]),
            Buffer::shared(BufferKind::DATA, message),
        ];
        self.standing.protecting()?.sign(options, &mut buffers)?;
        let [token, _] = buffers;
        Ok(token.into_bytes())
    }

    /// Checks the signature of a message in the clear.
    pub fn verify(&mut self, message: &[u8], signature: &[u8]) -> Result<()> {
        let options = self.numbering(None)?;
        self.verify_with(options, message, signature)
    }

    /// [`Context::verify`] on a connectionless context: the message that the peer gave this number.
    pub fn verify_datagram(&mut self, number: u32, message: &[u8], signature: &[u8]) -> Result<()> {
        let options = self.numbering(Some(number))?;
        self.verify_with(options, message, signature)
    }

    fn verify_with(
        &mut self,
        options: MessageOptions,
        message: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let mut buffers = [Buffer::token(signature), Buffer::shared(BufferKind::DATA, message)];
        self.standing.protecting()?.verify(options, &mut buffers)?;
        Ok(())
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Context")
            .field("package", &self.package().name)
            .field("side", &self.side())
            .field("client", &self.client().to_string())
            .field("flags", &self.flags())
            .finish_non_exhaustive()
    }
}
