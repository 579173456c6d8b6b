//! What there is: security packages.

use crate::error::{Answer, answer};
use anysspi::Registry;
use napi_derive::napi;

/// What is told about a security package.
#[napi(object, object_from_js = false)]
pub struct PackageInfo {
    pub name: String,
    pub comment: String,
    pub capabilities: Vec<String>,
    pub version: u16,
    pub rpc_id: u16,
    pub max_token: u32,
}

impl From<&anysspi::PackageInfo> for PackageInfo {
    fn from(info: &anysspi::PackageInfo) -> Self {
        Self {
            name: info.name.to_string(),
            comment: info.comment.to_string(),
            capabilities: info.capabilities.iter_names().map(|(name, _)| name.to_owned()).collect(),
            version: info.version,
            rpc_id: info.rpc_id,
            max_token: u32::try_from(info.max_token).unwrap_or(u32::MAX),
        }
    }
}

#[napi]
pub fn packages() -> Vec<PackageInfo> {
    Registry::global().enumerate().iter().map(PackageInfo::from).collect()
}

#[napi]
pub fn package_info(name: String) -> Answer<PackageInfo> {
    answer(|| Registry::global().query(&name).map(|info| PackageInfo::from(&info)))
}

/// The version of the package.
#[napi]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
