//! The realms that a ticket came through (RFC 4120 2.7, 3.3.3.2): a service trusts those that its KDC
//! has checked, and those that the names of the two realms make plain.

use super::messages::{TicketFlags, TransitedEncoding};

/// DOMAIN-X500-COMPRESS, the only encoding there is; some write zero for no realms.
const DOMAIN_X500_COMPRESS: i32 = 1;

/// Whether the way is to be trusted. Without the KDC's word for it every realm on it has to be one that
/// the client's or the service's belongs to, as the root of a forest is for its domains. Abbreviations,
/// which nobody needs for these, are not looked into.
pub(super) fn is_trusted(
    transited: &TransitedEncoding<'_>,
    flags: TicketFlags,
    client_realm: &str,
    realm: &str,
) -> bool {
    let realms = transited.contents.as_bytes();
    if realms.is_empty() || flags.contains(TicketFlags::TRANSITED_POLICY_CHECKED) {
        return true;
    }
    // Nothing lies between a realm and itself: another realm's KDC speaks for a client of this one.
    if client_realm == realm {
        return false;
    }
    let is_above = |passed: &[u8], below: &str| {
        let rest = below.as_bytes().strip_suffix(passed);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with(b"."))
    };
    transited.kind == DOMAIN_X500_COMPRESS
        && realms.split(|byte| *byte == b',').all(|passed| {
            !passed.is_empty() && (is_above(passed, client_realm) || is_above(passed, realm))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::asn1::OctetStringRef;

    #[test]
    fn a_way_is_trusted_where_it_was_checked_or_is_plain() {
        let none = TicketFlags::empty();
        for (realms, flags, client, expected) in [
            ("", none, "OTHER", true),
            ("X", none, "B.ROOT", false),
            ("ROOT", none, "B.ROOT", false),
            ("", none, "B.ROOT", true),
            ("X", TicketFlags::TRANSITED_POLICY_CHECKED, "B.ROOT", true),
            ("ROOT", none, "A.ROOT", true),
            ("ROOT,A.ROOT", none, "C.A.ROOT", true),
            ("OOT", none, "A.ROOT", false),
            ("X", none, "A.ROOT", false),
            ("ROOT,X", none, "A.ROOT", false),
            ("X", TicketFlags::TRANSITED_POLICY_CHECKED, "A.ROOT", true),
            (",ROOT", none, "A.ROOT", false),
            ("ROOT,A.", none, "A.ROOT", false),
        ] {
            let contents = OctetStringRef::new(realms.as_bytes()).unwrap();
            let transited = TransitedEncoding { kind: 1, contents };
            let trusted = is_trusted(&transited, flags, client, "B.ROOT");
            assert_eq!(trusted, expected, "{realms} {client}");
        }
        let contents = OctetStringRef::new(b"ROOT").unwrap();
        let unknown = TransitedEncoding { kind: 2, contents };
        assert!(!is_trusted(&unknown, none, "A.ROOT", "B.ROOT"));
    }
}
