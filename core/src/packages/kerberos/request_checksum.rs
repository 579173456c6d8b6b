//! The checksum in the authenticator of an AP-REQ that is none: channel bindings, flags and what is
//! delegated (RFC 4121 4.1.1).

use crate::credentials::ChannelBindings;
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::status::Status;
use bitflags::bitflags;
use zeroize::Zeroizing;

/// The type of the checksum.
pub(super) const KIND: i32 = 0x8003;

/// Lgth and Bnd, and with them Flags.
const BINDINGS: usize = 16;
const FIXED: usize = 4 + BINDINGS + 4;

/// The only DlgOpt there is.
const DELEGATION: u16 = 1;

bitflags! {
    /// The flags of GSS-API (RFC 4121 4.1.1.1, RFC 4757 7.1).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(super) struct GssFlags: u32 {
        const DELEGATE = 0x0001;
        const MUTUAL = 0x0002;
        const REPLAY = 0x0004;
        const SEQUENCE = 0x0008;
        const CONFIDENTIALITY = 0x0010;
        const INTEGRITY = 0x0020;
        const DCE_STYLE = 0x1000;
        const IDENTIFY = 0x2000;
        const EXTENDED_ERROR = 0x4000;
    }
}

/// The same flag in both numberings.
const TABLE: [(ContextFlags, GssFlags); 9] = [
    (ContextFlags::DELEGATE, GssFlags::DELEGATE),
    (ContextFlags::MUTUAL_AUTH, GssFlags::MUTUAL),
    (ContextFlags::REPLAY_DETECT, GssFlags::REPLAY),
    (ContextFlags::SEQUENCE_DETECT, GssFlags::SEQUENCE),
    (ContextFlags::CONFIDENTIALITY, GssFlags::CONFIDENTIALITY),
    (ContextFlags::INTEGRITY, GssFlags::INTEGRITY),
    (ContextFlags::DCE_STYLE, GssFlags::DCE_STYLE),
    (ContextFlags::IDENTIFY, GssFlags::IDENTIFY),
    (ContextFlags::EXTENDED_ERROR, GssFlags::EXTENDED_ERROR),
];

impl From<ContextFlags> for GssFlags {
    fn from(flags: ContextFlags) -> Self {
        let set = TABLE.iter().filter(|(context, _)| flags.contains(*context));
        set.map(|(_, gss)| *gss).collect()
    }
}

impl From<GssFlags> for ContextFlags {
    fn from(flags: GssFlags) -> Self {
        let set = TABLE.iter().filter(|(_, gss)| flags.contains(*gss));
        set.map(|(context, _)| *context).collect()
    }
}

/// What is in it.
pub(super) struct RequestChecksum<'a> {
    /// The hash of the channel bindings; none where it is zeros, which is a client without any.
    pub(super) bindings: Option<[u8; BINDINGS]>,
    pub(super) flags: GssFlags,
    /// A KRB-CRED.
    pub(super) delegated: Option<&'a [u8]>,
}

impl<'a> RequestChecksum<'a> {
    /// Reads it. What follows the part that is delegated are extensions, which nobody has to know.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self> {
        let (length, rest) = bytes.split_first_chunk().ok_or_else(short)?;
        if u32::from_le_bytes(*length) as usize != BINDINGS {
            return Err(refused("its channel bindings have not 16 bytes"));
        }
        let (bindings, rest) = rest.split_first_chunk::<BINDINGS>().ok_or_else(short)?;
        let (flags, rest) = rest.split_first_chunk().ok_or_else(short)?;
        let flags = GssFlags::from_bits_truncate(u32::from_le_bytes(*flags));
        let delegated = if flags.contains(GssFlags::DELEGATE) {
            let (option, rest) = rest.split_first_chunk().ok_or_else(short)?;
            if u16::from_le_bytes(*option) != DELEGATION {
                return Err(refused("its option of delegation is unknown"));
            }
            let (length, rest) = rest.split_first_chunk().ok_or_else(short)?;
            Some(rest.get(..usize::from(u16::from_le_bytes(*length))).ok_or_else(short)?)
        } else {
            None
        };
        let bindings = Some(*bindings).filter(|bindings| *bindings != [0; BINDINGS]);
        Ok(Self { bindings, flags, delegated })
    }

    pub(super) fn write(
        bindings: Option<&ChannelBindings>,
        flags: GssFlags,
        delegated: Option<&[u8]>,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let room = FIXED + delegated.map_or(0, |delegated| 4 + delegated.len());
        let mut bytes = Zeroizing::new(Vec::with_capacity(room));
        bytes.extend_from_slice(&(BINDINGS as u32).to_le_bytes());
        bytes.extend_from_slice(&bindings.map_or([0; BINDINGS], ChannelBindings::hash));
        bytes.extend_from_slice(&flags.bits().to_le_bytes());
        if let Some(delegated) = delegated {
            let length = u16::try_from(delegated.len()).map_err(|_| {
                Error::new(
                    Status::DELEGATION_POLICY,
                    "the ticket to delegate is larger than the 64 KiB that there is room for",
                )
            })?;
            bytes.extend_from_slice(&DELEGATION.to_le_bytes());
            bytes.extend_from_slice(&length.to_le_bytes());
            bytes.extend_from_slice(delegated);
        }
        Ok(bytes)
    }
}

fn short() -> Error {
    refused("it is cut off")
}

fn refused(problem: &str) -> Error {
    Error::new(
        Status::INVALID_TOKEN,
        format!("the checksum with the client's flags cannot be read: {problem}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let bindings = ChannelBindings::new(*b"tls-unique:x");
        for delegated in [None, Some(&[][..]), Some(&[7; 1000])] {
            let mut flags = GssFlags::MUTUAL | GssFlags::INTEGRITY;
            flags.set(GssFlags::DELEGATE, delegated.is_some());
            let written = RequestChecksum::write(Some(&bindings), flags, delegated).unwrap();
            let read = RequestChecksum::parse(&written).unwrap();
            assert_eq!(read.bindings, Some(bindings.hash()));
            assert_eq!((read.flags, read.delegated), (flags, delegated));
            // Extensions are passed over, and whatever is cut off is refused.
            let extended = [written.as_slice(), &[0, 0, 0, 9, 1]].concat();
            assert_eq!(RequestChecksum::parse(&extended).unwrap().delegated, delegated);
            for length in 0..written.len() {
                assert!(RequestChecksum::parse(&written[..length]).is_err(), "{length}");
            }
        }
    }

    #[test]
    fn zeros_are_no_bindings_and_other_lengths_are_refused() {
        let mut written = RequestChecksum::write(None, GssFlags::MUTUAL, None).unwrap();
        assert_eq!(RequestChecksum::parse(&written).unwrap().bindings, None);
        written[0] = 15;
        assert!(RequestChecksum::parse(&written).is_err());
        let option = [&16_u32.to_le_bytes()[..], &[0; 16], &[1, 0, 0, 0], &[2, 0, 0, 0]].concat();
        assert!(RequestChecksum::parse(&option).is_err());
        let flags = GssFlags::DELEGATE;
        assert!(RequestChecksum::write(None, flags, Some(&vec![0; 0x1_0000])).is_err());
    }

    #[test]
    fn flags_have_one_partner_each() {
        let flags = ContextFlags::from(GssFlags::all());
        assert_eq!(GssFlags::from(flags), GssFlags::all());
        assert_eq!(GssFlags::from(ContextFlags::CONNECTION), GssFlags::empty());
    }
}
