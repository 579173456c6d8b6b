//! Errors on their way into Python, and exceptions on their way through the library.

use anysspi::{Error, Status};
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyBytes;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// The result of every method here.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// Why a method failed: the library says so, or Python itself.
#[derive(Debug)]
pub(crate) enum Failure {
    Library(Error),
    Python(PyErr),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Library(error) => Python::attach(|py| exception(py, &error)),
            Failure::Python(error) => error,
        }
    }
}

/// A new exception for an error: the same one must not be raised in two threads.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let cause = error.cause();
    let raised = cause.and_then(|cause| cause.downcast_ref::<Raised>());
    if let Some(raised) = raised
        && raised.interrupts(py)
    {
        return raised.exception.clone_ref(py);
    }
    let made = match make(py, error) {
        Ok(made) => made,
        Err(problem) => return problem,
    };
    let inner = cause.and_then(|cause| cause.downcast_ref::<Error>());
    made.set_cause(
        py,
        raised.map(|raised| raised.exception.clone_ref(py)).or_else(|| Some(exception(py, inner?))),
    );
    made
}

fn make(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let (nt_status, kerberos_code) = (error.nt_status(), error.kerberos_code());
    let token = error.token().map(|token| PyBytes::new(py, token));
    let arguments = (error.status().0, error.context(), token, nt_status, kerberos_code);
    let made = MAKE.import(py, "anysspi._error", "make")?.call1(arguments)?;
    Ok(PyErr::from_value(made))
}

/// An exception that a callable of the application raised, on its way back to the application.
pub(crate) struct Raised {
    exception: PyErr,
    is_delivered: AtomicBool,
}

impl Raised {
    pub(crate) fn new(exception: PyErr) -> Self {
        Self { exception, is_delivered: AtomicBool::new(false) }
    }

    /// Whether it has to come out as it is: KeyboardInterrupt and its like are nobody's to wrap. Once
    /// they have come out, what is left is a handshake that failed.
    fn interrupts(&self, py: Python<'_>) -> bool {
        !self.exception.is_instance_of::<PyException>(py)
            && !self.is_delivered.swap(true, Ordering::SeqCst)
    }
}

impl fmt::Debug for Raised {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an exception of Python")
    }
}

impl fmt::Display for Raised {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, formatter)
    }
}

impl std::error::Error for Raised {}

/// Calls the library while other threads of Python run.
pub(crate) fn detached<T: Send>(
    py: Python<'_>,
    call: impl FnOnce() -> anysspi::Result<T> + Send,
) -> Result<T> {
    py.detach(|| guarded(call))
}

/// Calls the library, behind the fence around its panics.
pub(crate) fn guarded<T>(call: impl FnOnce() -> anysspi::Result<T>) -> Result<T> {
    Ok(anysspi::binding::guarded(call)?)
}

/// The name of an object's type, for errors that say what is wrong with it.
pub(crate) fn type_name(object: &Bound<'_, PyAny>) -> String {
    object.get_type().name().map_or_else(|_| "?".into(), |name| name.to_string())
}

/// The object for one call. Two at once would wait for each other, or forever for themselves.
pub(crate) fn alone<'a, T>(object: &'a Mutex<T>, what: &str) -> Result<MutexGuard<'a, T>> {
    match object.try_lock() {
        Ok(guard) => Ok(guard),
        Err(TryLockError::Poisoned(guard)) => Ok(PoisonError::into_inner(guard)),
        Err(TryLockError::WouldBlock) => Err(Error::new(
            Status::OUT_OF_SEQUENCE,
            format!(
                "another call on this {what} is under way, in another thread or in an account \
                 look-up of its own: one at a time, or one {what} for each"
            ),
        )
        .into()),
    }
}
