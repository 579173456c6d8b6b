//! What there is: security packages.

use crate::error::{Answer, answer};
use anysspi::{Registry, Time};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What is told about a security package.
#[derive(Clone, Debug, uniffi::Record)]
pub struct PackageFacts {
    /// The name it is asked for by.
    pub name: String,
    /// What it is, in a sentence.
    pub comment: String,
    /// What it can do (`SECPKG_FLAG_*`).
    pub capabilities: u32,
    /// The version of its protocol.
    pub version: u16,
    /// The number DCE RPC knows it by.
    pub rpc_id: u16,
    /// The largest token it makes.
    pub max_token: u32,
}

impl From<&anysspi::PackageInfo> for PackageFacts {
    fn from(info: &anysspi::PackageInfo) -> Self {
        Self {
            name: info.name.to_string(),
            comment: info.comment.to_string(),
            capabilities: info.capabilities.bits(),
            version: info.version,
            rpc_id: info.rpc_id,
            max_token: number(info.max_token),
        }
    }
}

/// What is told about every package.
#[uniffi::export]
pub fn list_packages() -> Answer<Vec<PackageFacts>> {
    answer(|| Ok(Registry::global().enumerate().iter().map(PackageFacts::from).collect()))
}

/// What is told about the package with this name, in any case.
#[uniffi::export]
pub fn find_package(name: String) -> Answer<PackageFacts> {
    answer(|| Registry::global().query(&name).map(|info| PackageFacts::from(&info)))
}

/// The version of the library.
#[uniffi::export]
pub fn library_version() -> Answer<String> {
    answer(|| Ok(env!("CARGO_PKG_VERSION").to_owned()))
}

/// A size, which no language here wants in 64 bits.
pub(crate) fn number(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

/// A point in time; none for never.
pub(crate) fn when(time: Time) -> Option<SystemTime> {
    /// 1970 in intervals of 100 nanoseconds since 1601.
    const EPOCH: u64 = Time::from_unix_seconds(0).filetime();
    if time >= Time::FOREVER {
        return None;
    }
    // A FILETIME of 1601, for one, is a zero that somebody sent.
    let intervals = time.filetime().saturating_sub(EPOCH);
    let since = Duration::new(
        intervals / 10_000_000,
        u32::try_from(intervals % 10_000_000 * 100).unwrap_or(0),
    );
    UNIX_EPOCH.checked_add(since)
}
