//! bindings-node/errors.js and errors.d.ts: a class for every status and every family; index.mjs: the
//! names that can be imported.

use super::rows::{FAMILIES, class_of, errors};

const HEAD: &str =
    "// Written by `cargo xtask generate` from core/src/status_table.rs: do not edit.\n";

pub(super) fn javascript() -> String {
    let mut text = format!(
        "{HEAD}'use strict'\n\nconst {{ SspiError, define }} = require('./sspi-error.js')\n\n\
         exports.SspiError = SspiError\n"
    );
    for (family, _) in FAMILIES {
        let class = class_of(*family);
        text +=
            &format!("exports.{class} = define('{class}', SspiError, {{ family: '{family}' }})\n");
    }
    text.push('\n');
    for row in errors() {
        let (name, base) = (row.name, class_of(row.family));
        text += &format!(
            "exports.{name} = define('{name}', exports.{base}, {{ status: 0x{:08x}, code: '{}' }})\n",
            row.status.0, row.symbol
        );
    }
    text + "\nexports.byStatus = new Map(\n  Object.values(exports)\n    .filter((made) => \
            Object.hasOwn(made.prototype, 'status') && made !== SspiError)\n    .map((made) => \
            [made.prototype.status, made]),\n)\n"
}

pub(super) fn types() -> String {
    let mut text = format!(
        "{HEAD}\n/** Why a call failed. The class says which status it is, or which family. */\n\
         export class SspiError extends Error {{\n  \
         constructor(context?: string, details?: ErrorDetails)\n  \
         /** The number of the status, such as `0x8009030c`. */\n  readonly status: number\n  \
         /** The name of the status in the Windows SDK, such as `SEC_E_LOGON_DENIED`. */\n  \
         readonly code: string\n  \
         /** What the caller should do about it, in a word. */\n  readonly family: FamilyName\n  \
         /** What was being done and the likely cause. */\n  readonly context: string\n  \
         /** A token that the peer should still be sent. */\n  readonly token: Buffer | null\n  \
         /** The NTSTATUS behind it, such as `0xc0000072` for a disabled account. */\n  \
         readonly ntStatus: number | null\n  \
         /** The Kerberos error code behind it. */\n  readonly kerberosCode: number | null\n}}\n\n\
         /** What an error says beside its context. */\nexport interface ErrorDetails {{\n  \
         token?: Buffer | null\n  ntStatus?: number | null\n  kerberosCode?: number | null\n  \
         cause?: unknown\n}}\n\n"
    );
    let names: Vec<String> = FAMILIES.iter().map(|(family, _)| format!("'{family}'")).collect();
    text += &format!(
        "/** What the caller should do about an error. */\nexport type FamilyName = {}\n",
        names.join(" | ")
    );
    for (family, _) in FAMILIES {
        text += &format!("\nexport class {} extends SspiError {{}}\n", class_of(*family));
    }
    for row in errors() {
        text += &format!(
            "\n/** {} (`{}`) */\nexport class {} extends {} {{}}\n",
            row.sentence,
            row.symbol,
            row.name,
            class_of(row.family)
        );
    }
    text
}

/// What index.js has beside the errors. A test in tests/node compares the two.
const NAMES: &[&str] = &[
    "Certificate",
    "ChannelBindings",
    "Context",
    "Credential",
    "CredentialCache",
    "DelegationPolicy",
    "EarlyUserAuthResult",
    "Handshake",
    "Identity",
    "Keytab",
    "Password",
    "SmartCard",
    "TrustedRoots",
    "accept",
    "accounts",
    "accountsFile",
    "anonymous",
    "channelBindings",
    "initiate",
    "inspect",
    "ntHash",
    "packageInfo",
    "packages",
    "password",
    "smartCard",
    "tlsServerEndPoint",
    "version",
];

/// What raw.js has.
const RAW_NAMES: &[&str] = &[
    "SecurityBuffer",
    "SecurityContext",
    "acceptSecurityContext",
    "acquireCredentialsHandle",
    "completeAuthToken",
    "decryptMessage",
    "deleteSecurityContext",
    "encryptMessage",
    "enumerateSecurityPackages",
    "freeCredentialsHandle",
    "initializeSecurityContext",
    "makeSignature",
    "queryContextAttributes",
    "queryCredentialsAttributes",
    "querySecurityContextToken",
    "querySecurityPackageInfo",
    "setContextAttributes",
    "shutDownStream",
    "verifySignature",
];

pub(super) fn module() -> String {
    let families = FAMILIES.iter().map(|(family, _)| class_of(*family));
    let mut names: Vec<String> = errors().map(|row| row.name.to_owned()).chain(families).collect();
    names.extend(NAMES.iter().map(ToString::to_string));
    names.push("SspiError".into());
    names.sort();
    exports("anysspi", "index", &names)
}

pub(super) fn raw_module() -> String {
    exports("raw", "raw", RAW_NAMES)
}

pub(super) fn realm_module() -> String {
    exports("realm", "realm", &["Realm", "Serving"])
}

/// For `import`, whose names have to be written out.
fn exports(object: &str, file: &str, names: &[impl std::fmt::Display]) -> String {
    // As biome would write it.
    let names = match names {
        [one, other] => format!("{{ {one}, {other} }}"),
        _ => {
            let lines: String = names.iter().map(|name| format!("  {name},\n")).collect();
            format!("{{\n{lines}}}")
        }
    };
    format!(
        "// Written by `cargo xtask generate`: do not edit.\n\
         // The same objects as for `require`: there is one set of classes, however it is loaded.\n\
         import {object} from './{file}.js'\n\nexport default {object}\nexport const {names} = {object}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use anysspi::Status;

    #[test]
    fn every_error_has_a_class_and_its_type() {
        let (javascript, types) = (javascript(), types());
        for row in Status::all() {
            let defined = javascript.contains(&format!("exports.{} = define(", row.name));
            let typed = types.contains(&format!("export class {} extends", row.name));
            assert_eq!((defined, typed), (row.status.is_error(), row.status.is_error()));
        }
    }
}
