//! The accounts an acceptor checks against: a dict, a file, or whatever the application calls.

use crate::bytes::Token;
use crate::credentials::Identity;
use crate::error::{Raised, Result, guarded, type_name};
use crate::hints::{BytesLike, StateWord, StoreLike, TimeLike, When, time_of};
use anysspi::accounts::{AccountQuery, AccountState, AccountStore, FileAccounts, MemoryAccounts};
use anysspi::{Error, Status, UserName};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};
use pyo3::types::{PyDict, PyString, PyWeakrefMethods, PyWeakrefReference};
use std::path::PathBuf;

/// An account: what an account store answers.
///
/// `name` is `DOMAIN\user`, `user@realm` or `user`, unless the domain is given beside it. One of
/// `password` and `nt_hash` is needed. `state` is one of "active", "disabled", "expired", "locked",
/// "password_expired", "must_change_password", "outside_logon_hours", "workstation_not_allowed".
#[pyclass(frozen, module = "anysspi")]
pub(crate) struct Account(anysspi::accounts::Account);

#[pymethods]
impl Account {
    #[new]
    #[pyo3(signature = (
        name, password=None, *, nt_hash=None, domain=None, state=None, expiry=None
    ))]
    fn new(
        name: &str,
        password: Option<&str>,
        nt_hash: Option<BytesLike<'_>>,
        domain: Option<&str>,
        state: Option<StateWord>,
        expiry: Option<TimeLike<'_>>,
    ) -> Result<Self> {
        let account = match (password, nt_hash) {
            (Some(password), None) => anysspi::accounts::Account::with_password(name, password),
            (None, Some(hash)) => {
                anysspi::accounts::Account::with_nt_hash(name, nt_hash_of(&hash)?)
            }
            _ => {
                let text = "an account needs a password or an nt_hash, and not both";
                return Err(PyTypeError::new_err(text).into());
            }
        };
        let mut account = account.in_state(state.map_or(Ok(AccountState::Active), state_of)?);
        if domain.is_some() {
            account = account.named(UserName::new(name, domain));
        }
        if let Some(expiry) = expiry {
            account = account.until(time_of(&expiry.0, "expiry")?);
        }
        Ok(Self(account))
    }

    /// The name it is known by.
    #[getter]
    fn name(&self) -> String {
        self.0.name().to_string()
    }

    /// Whether it may log on.
    #[getter]
    fn state(&self) -> StateWord {
        StateWord(self.0.state().name())
    }

    /// When it expires.
    #[getter]
    fn expiry(&self) -> When {
        When(self.0.expiry())
    }

    fn __repr__(&self) -> String {
        format!("Account({:?}, state={:?})", self.name(), self.state().0)
    }
}

fn state_of(word: StateWord) -> Result<AccountState> {
    AccountState::from_name(word.0).ok_or_else(|| word.unknown().into())
}

/// The 16 bytes of an NT hash.
pub(crate) fn nt_hash_of(hash: &BytesLike<'_>) -> Result<[u8; 16]> {
    let hash = Token::of(&hash.0, "nt_hash")?;
    let hash = hash.as_slice();
    hash.try_into().map_err(|_| {
        PyValueError::new_err(format!("nt_hash must have 16 bytes, not {}", hash.len())).into()
    })
}

/// The accounts an acceptor checks clients against.
///
/// The store is one of
/// - a dict of names and passwords, `{r"CORP\alice": "secret"}`, or an iterable of `Account`s; both
///   are read once,
/// - the path of a file of lines `DOMAIN:user:password`, or of Samba's smbpasswd, which is read anew
///   when it changes,
/// - a callable `lookup(user, domain, package)` that gives an `Account` or None. What it raises ends
///   the handshake, with the exception as the `__cause__`.
#[pyclass(frozen, extends = Identity, module = "anysspi")]
pub(crate) struct Accounts {
    kind: String,
    look_up: Option<Py<LookUp>>,
}

/// What the library calls of the application, as an object that Python's collector sees. The store inside the library
/// refers to it weakly; what Python can reach of the library holds it, so that an application whose
/// store is a method of the object that holds the store is collected.
#[pyclass(frozen, weakref, module = "anysspi")]
pub(crate) struct LookUp(Py<PyAny>);

impl LookUp {
    pub(crate) fn new(callable: &Bound<'_, PyAny>) -> Self {
        Self(callable.clone().unbind())
    }

    pub(crate) fn callable<'py>(&self, py: Python<'py>) -> &Bound<'py, PyAny> {
        self.0.bind(py)
    }
}

#[pymethods]
impl LookUp {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.0)
    }
}

/// The look-ups that an object of Python keeps alive.
#[derive(Default)]
pub(crate) struct LookUps(Vec<Py<LookUp>>);

impl LookUps {
    /// Keeps the look-up of an identity, if it has one.
    pub(crate) fn keep(&mut self, identity: &Bound<'_, PyAny>) {
        if let Ok(accounts) = identity.cast::<Accounts>()
            && let Some(look_up) = &accounts.get().look_up
        {
            self.0.push(look_up.clone_ref(identity.py()));
        }
    }

    pub(crate) fn add(&mut self, look_up: Py<LookUp>) {
        self.0.push(look_up);
    }

    /// Keeps others too, each once.
    pub(crate) fn keep_all(&mut self, py: Python<'_>, others: &Self) {
        for look_up in &others.0 {
            if !self.0.iter().any(|kept| kept.is(look_up)) {
                self.0.push(look_up.clone_ref(py));
            }
        }
    }

    pub(crate) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.0.iter().try_for_each(|look_up| visit.call(look_up))
    }
}

#[pymethods]
impl Accounts {
    #[new]
    fn new(store: StoreLike<'_>) -> Result<PyClassInitializer<Self>> {
        let store = &store.0;
        let mut look_up = None;
        let (kind, identity) = if let Ok(passwords) = store.cast::<PyDict>() {
            let accounts = of_dict(passwords)?;
            (format!("{} accounts", passwords.len()), anysspi::Identity::accounts(accounts))
        } else if store.is_instance_of::<PyString>() || store.hasattr("__fspath__")? {
            let path: PathBuf = store.extract()?;
            let accounts = guarded(|| FileAccounts::open(&path))?;
            (format!("{:?}", path.display().to_string()), anysspi::Identity::accounts(accounts))
        } else if store.is_callable() {
            let object = Bound::new(store.py(), LookUp::new(store))?;
            let callable = Callable(PyWeakrefReference::new(&object)?.unbind());
            look_up = Some(object.unbind());
            (store.repr()?.to_string(), anysspi::Identity::accounts(callable))
        } else {
            let accounts = of_iterable(store)?;
            (format!("{accounts:?}"), anysspi::Identity::accounts(accounts))
        };
        Ok(PyClassInitializer::from(Identity(identity)).add_subclass(Self { kind, look_up }))
    }

    fn __repr__(&self) -> String {
        format!("Accounts({})", self.kind)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.look_up.iter().try_for_each(|look_up| visit.call(look_up))
    }
}

fn of_dict(passwords: &Bound<'_, PyDict>) -> Result<MemoryAccounts> {
    let accounts = MemoryAccounts::default();
    for (name, password) in passwords {
        let (Ok(name), Ok(password)) = (name.cast::<PyString>(), password.cast::<PyString>())
        else {
            let text = "a dict of accounts has names and passwords, both str; for NT hashes and \
                        states give a list of anysspi.Account";
            return Err(PyTypeError::new_err(text).into());
        };
        let password = password.to_cow()?;
        accounts.insert(anysspi::accounts::Account::with_password(&name.to_cow()?, &*password));
    }
    Ok(accounts)
}

fn of_iterable(store: &Bound<'_, PyAny>) -> Result<MemoryAccounts> {
    let accounts = MemoryAccounts::default();
    let wrong = |object: &Bound<'_, PyAny>| {
        let kind = type_name(object);
        PyTypeError::new_err(format!(
            "accounts are a dict, an iterable of anysspi.Account, a path or a callable, not {kind}"
        ))
    };
    for account in store.try_iter().map_err(|_| wrong(store))? {
        let account = account?;
        let account = account.cast::<Account>().map_err(|_| wrong(&account))?;
        accounts.insert(account.get().0.clone());
    }
    Ok(accounts)
}

/// A callable of the application as an account store.
struct Callable(Py<PyWeakrefReference>);

impl AccountStore for Callable {
    fn look_up(
        &self,
        query: &AccountQuery<'_>,
    ) -> anysspi::Result<Option<anysspi::accounts::Account>> {
        let answer = Python::try_attach(|py| {
            let look_up = self.0.bind(py).upgrade_as::<LookUp>().ok().flatten();
            let look_up = look_up.ok_or_else(|| {
                Error::new(Status::INTERNAL_ERROR, "the account look-up is not there any more")
            })?;
            let answer =
                look_up.get().callable(py).call1((query.user, query.domain, query.package));
            account_of(answer.map_err(|raised| {
                Error::new(
                    Status::INTERNAL_ERROR,
                    format!("the account look-up raised {}", type_name(raised.value(py))),
                )
                .with_source(Raised::new(raised))
            })?)
        });
        answer.unwrap_or_else(|| {
            Err(Error::new(Status::INTERNAL_ERROR, "the interpreter is shutting down"))
        })
    }
}

fn account_of(answer: Bound<'_, PyAny>) -> anysspi::Result<Option<anysspi::accounts::Account>> {
    if answer.is_none() {
        return Ok(None);
    }
    if let Ok(account) = answer.cast::<Account>() {
        return Ok(Some(account.get().0.clone()));
    }
    let kind = type_name(&answer);
    let hint = if kind == "coroutine" {
        // Nobody will await it: closed, it makes no warning of its own.
        let _ = answer.call_method0("close");
        ": it must be a plain function, which may block"
    } else {
        ""
    };
    let text =
        format!("the account look-up must give an anysspi.Account or None, not {kind}{hint}");
    let raised = PyTypeError::new_err(text.clone());
    Err(Error::new(Status::INVALID_PARAMETER, text).with_source(Raised::new(raised)))
}
