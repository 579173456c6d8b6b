//! Account stores: the shared cases of tests/cases/accounts.json over a file.

mod support;

use anysspi::accounts::{AccountQuery, AccountState, AccountStore, FileAccounts};
use serde::{Deserialize, Serialize};

/// Lines of a file, and what is found in it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountsCase {
    name: String,
    file: Vec<String>,
    /// Why the file is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    look_ups: Vec<LookUp>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LookUp {
    user: String,
    domain: String,
    /// The name of the account; null where there is none.
    found: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nt_hash: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<String>,
}

#[test]
fn the_shared_cases_pass() {
    let cases = support::cases::read::<AccountsCase>("accounts.json").cases;
    assert!(cases.len() >= 5, "{} cases", cases.len());
    let path = std::env::temp_dir().join(format!("anysspi-accounts-{}", std::process::id()));
    for case in cases {
        std::fs::write(&path, case.file.join("\n")).unwrap();
        let store = match (FileAccounts::open(&path), &case.refused) {
            (Ok(store), None) => store,
            (Err(error), Some(why)) => {
                assert!(error.context().contains(why), "{}: {error}", case.name);
                continue;
            }
            (result, _) => panic!("{}: {result:?}", case.name),
        };
        for look_up in &case.look_ups {
            let query = AccountQuery::new(&look_up.user, &look_up.domain, "NTLM");
            let found = store.look_up(&query).unwrap();
            let what = format!("{}: {}\\{}", case.name, look_up.domain, look_up.user);
            assert_eq!(found.as_ref().map(|a| a.name().to_string()), look_up.found, "{what}");
            let Some(found) = found else { continue };
            if let Some(nt_hash) = &look_up.nt_hash {
                assert_eq!(support::hex(found.nt_hash()), *nt_hash, "{what}");
            }
            let state =
                look_up.state.as_deref().map_or(AccountState::Active, support::cases::state);
            assert_eq!(found.state(), state, "{what}");
        }
    }
    std::fs::remove_file(&path).unwrap();
}
