//! What both builders share: the settings of a handshake, and the methods that change them.

use super::credential::CredentialSource;
use super::requirements::Requirements;
use crate::credentials::{
    Allow, ChannelBindingPolicy, ChannelBindings, DelegationPolicy, PackageChoice, Usage,
};
use crate::error::{Error, Result};
use crate::kdc::KdcAccess;
use crate::raw::{CredentialsHandle, CredentialsRequest, SecurityContext};
use crate::registry::Registry;
use crate::status::Status;

/// The settings of a handshake on either side.
#[derive(Debug)]
pub(super) struct Settings {
    /// None is the global one.
    pub(super) registry: Option<Registry>,
    pub(super) package: String,
    pub(super) credential: CredentialSource,
    pub(super) allow: Allow,
    pub(super) packages: PackageChoice,
    /// None is the default.
    pub(super) delegation: Option<DelegationPolicy>,
    pub(super) requirements: Requirements,
    pub(super) bindings: Option<ChannelBindings>,
    pub(super) binding_policy: ChannelBindingPolicy,
    pub(super) kdc_access: KdcAccess,
}

/// What a handshake starts from.
pub(super) struct Ready {
    pub(super) credentials: CredentialsHandle,
    pub(super) requirements: Requirements,
    pub(super) context: SecurityContext,
    /// As a `SEC_CHANNEL_BINDINGS` structure.
    pub(super) bindings: Option<Vec<u8>>,
}

impl Settings {
    pub(super) fn new(package: &str) -> Self {
        Self {
            registry: None,
            package: package.to_owned(),
            credential: CredentialSource::default(),
            allow: Allow::empty(),
            packages: PackageChoice::default(),
            delegation: None,
            requirements: Requirements::default(),
            bindings: None,
            binding_policy: ChannelBindingPolicy::default(),
            kdc_access: KdcAccess::default(),
        }
    }

    pub(super) fn prepare(self, usage: Usage) -> Result<Ready> {
        let Self { registry, package, credential, allow, packages, requirements, .. } = self;
        let (bindings, binding_policy) = (self.bindings, self.binding_policy);
        let delegation = self.delegation;
        // What only matters while credentials are acquired must not be passed over in silence.
        let is_acquired = matches!(credential, CredentialSource::Acquired(_));
        let is_set = !allow.is_empty() || packages != PackageChoice::default();
        if is_acquired && (is_set || delegation.is_some()) {
            return Err(Error::new(
                Status::INVALID_PARAMETER,
                "the credentials were acquired before: allow it, choose packages, and say where \
                 they may be delegated, where they are acquired",
            ));
        }
        let registry = registry.as_ref().unwrap_or_else(|| Registry::global());
        let credentials = credential.acquire(registry, || {
            CredentialsRequest::new(package.as_str(), usage)
                .allowing(allow)
                .choosing(packages)
                .with_delegation(delegation.unwrap_or_default())
        })?;
        let info = credentials.package();
        if !info.name.eq_ignore_ascii_case(&package) {
            return Err(Error::new(
                Status::INVALID_PARAMETER,
                format!("the credentials are of {} and the handshake is of {package}", info.name),
            ));
        }
        let requirements = requirements.for_package(info)?;
        Ok(Ready {
            credentials,
            requirements,
            context: SecurityContext::new()
                .with_binding_policy(binding_policy)
                .with_kdc_access(self.kdc_access),
            bindings: bindings.map(|bindings| bindings.to_structure()),
        })
    }
}

/// The builder methods that both sides have, over a field `settings`.
macro_rules! shared_settings {
    () => {
        /// Uses another registry than the global one.
        pub fn registry(mut self, registry: &crate::registry::Registry) -> Self {
            self.settings.registry = Some(registry.clone());
            self
        }

        /// The credential: an identity, several, or credentials that were acquired before and are
        /// shared. Without one it is the current user's.
        pub fn credential(mut self, credential: impl Into<super::CredentialSource>) -> Self {
            self.settings.credential = credential.into();
            self
        }

        /// Allows something that is off unless asked for by name. Credentials that were acquired
        /// before carry their own allowances.
        pub fn allow(mut self, allow: crate::credentials::Allow) -> Self {
            self.settings.allow |= allow;
            self
        }

        /// Has a package that negotiates use these packages and no others, in this order of
        /// preference. Credentials that were acquired before carry their own choice.
        pub fn packages(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
            self.settings.packages.only = Some(names.into_iter().map(Into::into).collect());
            self
        }

        /// Has a package that negotiates not use these packages.
        pub fn without_packages(
            mut self,
            names: impl IntoIterator<Item = impl Into<String>>,
        ) -> Self {
            self.settings.packages.without.extend(names.into_iter().map(Into::into));
            self
        }

        /// Asks for these flags and fails if the context does not have them. The default is mutual
        /// authentication (where the package has it), integrity, confidentiality, replay and
        /// sequence detection.
        pub fn require(mut self, flags: crate::flags::ContextFlags) -> Self {
            self.settings.requirements.require(flags);
            self
        }

        /// Asks for these flags and takes the context without them too.
        pub fn request(mut self, flags: crate::flags::ContextFlags) -> Self {
            self.settings.requirements.request(flags);
            self
        }

        /// Goes on asking for these flags and no longer requires them.
        pub fn relax(mut self, flags: crate::flags::ContextFlags) -> Self {
            self.settings.requirements.relax(flags);
            self
        }

        /// Neither asks for these flags nor requires them.
        pub fn without(mut self, flags: crate::flags::ContextFlags) -> Self {
            self.settings.requirements.without(flags);
            self
        }

        /// The bindings of the channel that the handshake runs in.
        pub fn channel_bindings(mut self, bindings: crate::credentials::ChannelBindings) -> Self {
            self.settings.bindings = Some(bindings);
            self
        }

        /// What to do about channel bindings.
        pub fn binding_policy(mut self, policy: crate::credentials::ChannelBindingPolicy) -> Self {
            self.settings.binding_policy = policy;
            self
        }

        /// Who carries questions to KDCs. Nobody does by default: a package that has to ask one then
        /// fails, and one that negotiates goes on without it.
        ///
        /// ```
        /// use anysspi::{KdcAccess, KdcReply, KdcRequest};
        /// # fn ask_over_tcp(_: &str, _: &[u8]) -> anysspi::Result<Vec<u8>> { Ok(Vec::new()) }
        ///
        /// let carrier = |request: &KdcRequest| {
        ///     KdcReply::from(ask_over_tcp(request.realm(), request.message()))
        /// };
        /// let builder = anysspi::initiate("Negotiate").kdc(KdcAccess::through(carrier));
        /// # drop(builder);
        /// ```
        pub fn kdc(mut self, access: crate::kdc::KdcAccess) -> Self {
            self.settings.kdc_access = access;
            self
        }
    };
}

pub(super) use shared_settings;
