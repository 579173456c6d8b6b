//! The forms of a user's name: nothing of it is lost, and none of it is taken for something else.

use anysspi::UserName;

pub(crate) fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let name = UserName::parse(&text);

    match text.split_once('\\') {
        Some((domain, user)) => {
            assert_eq!((name.domain(), name.user()), (Some(domain), user));
            assert_eq!(name.realm(), None, "a domain that was given is the domain");
        }
        None => assert_eq!((name.domain(), name.user()), (None, &*text)),
    }
    match name.realm() {
        Some(realm) => {
            assert!(!realm.is_empty() && !realm.contains('@'));
            assert_eq!(format!("{}@{realm}", name.account()), name.user());
        }
        None => assert_eq!(name.account(), name.user()),
    }

    // Printed, it reads back as the same name; only an empty domain is not printed.
    let printed = name.to_string();
    if name.domain() == Some("") {
        assert_eq!(printed, name.user());
    } else {
        assert_eq!(printed, text);
        assert_eq!(UserName::parse(&printed), name);
    }
    assert_eq!(UserName::new(name.user(), name.domain()), name);
}
