//! Who the client is, as a domain knows it.

use crate::error::Result;
use anysspi::Sid;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Who the client is: its names, and where its Kerberos ticket carries a PAC, its SIDs and groups.
///
/// The server has checked that the PAC was signed for it and belongs to the ticket.
#[pyclass(frozen, eq, module = "anysspi")]
#[derive(PartialEq)]
pub(crate) struct Peer(pub(crate) anysspi::Peer);

/// A group that a client is in: its SID, and how the client is in it (`SE_GROUP_*`).
#[pyclass(frozen, eq, module = "anysspi")]
#[derive(PartialEq)]
pub(crate) struct Group(anysspi::Group);

#[pymethods]
impl Group {
    /// Which group, as `S-1-5-21-…`.
    #[getter]
    fn sid(&self) -> String {
        self.0.sid.to_string()
    }

    /// How the client is in it.
    #[getter]
    fn attributes(&self) -> u32 {
        self.0.attributes
    }

    /// Whether it lets its members in somewhere.
    #[getter]
    fn is_enabled(&self) -> bool {
        self.0.is_enabled()
    }

    fn __repr__(&self) -> String {
        format!("Group({:?}, attributes={:#x})", self.sid(), self.0.attributes)
    }
}

fn groups(all: &[anysspi::Group]) -> Vec<Group> {
    all.iter().cloned().map(Group).collect()
}

#[pymethods]
impl Peer {
    /// The name of the client in its realm.
    #[getter]
    fn user(&self) -> &str {
        &self.0.user
    }

    /// The realm of the client.
    #[getter]
    fn realm(&self) -> &str {
        &self.0.realm
    }

    /// Whether the ticket had a PAC. Without one there is nothing but the name and the realm.
    #[getter]
    fn has_pac(&self) -> bool {
        self.0.has_pac
    }

    /// The name of the account (`sAMAccountName`).
    #[getter]
    fn account(&self) -> Option<&str> {
        self.0.account.as_deref()
    }

    /// The name of the client's domain, as NetBIOS has it.
    #[getter]
    fn domain(&self) -> Option<&str> {
        self.0.domain.as_deref()
    }

    /// The name of its domain in the DNS.
    #[getter]
    fn dns_domain(&self) -> Option<&str> {
        self.0.dns_domain.as_deref()
    }

    /// The user principal name, such as `alice@example.com`.
    #[getter]
    fn upn(&self) -> Option<&str> {
        self.0.upn.as_deref()
    }

    /// Its name for people.
    #[getter]
    fn full_name(&self) -> Option<&str> {
        self.0.full_name.as_deref()
    }

    /// The domain controller that authenticated it.
    #[getter]
    fn logon_server(&self) -> Option<&str> {
        self.0.logon_server.as_deref()
    }

    /// The SID of the user.
    #[getter]
    fn sid(&self) -> Option<String> {
        self.0.sid.as_ref().map(Sid::to_string)
    }

    /// The SID of the primary group, which is among the groups too.
    #[getter]
    fn primary_group(&self) -> Option<String> {
        self.0.primary_group.as_ref().map(Sid::to_string)
    }

    /// The groups of the client's domain that it is in.
    #[getter]
    fn groups(&self) -> Vec<Group> {
        groups(&self.0.groups)
    }

    /// The groups of the server's domain that it is in.
    #[getter]
    fn resource_groups(&self) -> Vec<Group> {
        groups(&self.0.resource_groups)
    }

    /// What else it is: groups of other domains, and what it has from its history.
    #[getter]
    fn extra(&self) -> Vec<Group> {
        groups(&self.0.extra)
    }

    /// What the domain claims of the client, as it wrote it and not looked into.
    #[getter]
    fn claims<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.0.claims.as_deref().map(|bytes| PyBytes::new(py, bytes))
    }

    /// Which device the client sits at, likewise.
    #[getter]
    fn device<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.0.device.as_deref().map(|bytes| PyBytes::new(py, bytes))
    }

    /// What the domain claims of that device.
    #[getter]
    fn device_claims<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.0.device_claims.as_deref().map(|bytes| PyBytes::new(py, bytes))
    }

    /// Whether the client asked for the PAC by itself, where the KDC says so.
    #[getter]
    fn asked_for_pac(&self) -> Option<bool> {
        self.0.asked_for_pac
    }

    /// Whether the KDC has signed the ticket for itself, so that it will notice a server that changes it.
    #[getter]
    fn has_ticket_signature(&self) -> bool {
        self.0.has_ticket_signature
    }

    /// Whether the KDC has signed the whole PAC for itself.
    #[getter]
    fn has_full_signature(&self) -> bool {
        self.0.has_full_signature
    }

    /// Whether the client is this user or in this group, and the group counts.
    fn is_member_of(&self, sid: &str) -> Result<bool> {
        Ok(self.0.is_member_of(&sid.parse()?))
    }

    fn __repr__(&self) -> String {
        match &self.0.sid {
            Some(sid) => format!("<Peer {}@{}, {sid}>", self.0.user, self.0.realm),
            None => format!("<Peer {}@{}>", self.0.user, self.0.realm),
        }
    }
}
