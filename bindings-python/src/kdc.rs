//! Who carries questions to KDCs: a callable of the application.

use crate::accounts::{LookUp, LookUps};
use crate::bytes::Token;
use crate::error::{Raised, Result, type_name};
use anysspi::{Error, KdcCarrier, KdcReply, KdcRequest, Status};
use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyWeakrefMethods, PyWeakrefReference};
use std::sync::Arc;

/// A callable that carries questions, which refers to it weakly, as account stores do.
struct Callable(Py<PyWeakrefReference>);

/// The carrier that an argument is, which `look_ups` keeps alive.
pub(crate) fn carrier_of(
    carrier: &Bound<'_, PyAny>,
    look_ups: &mut LookUps,
) -> Result<Arc<dyn KdcCarrier>> {
    if !carrier.is_callable() {
        let text = format!("kdc must be a callable, not {}", type_name(carrier));
        return Err(PyTypeError::new_err(text).into());
    }
    let object = Bound::new(carrier.py(), LookUp::new(carrier))?;
    let callable = Callable(PyWeakrefReference::new(&object)?.unbind());
    look_ups.add(object.unbind());
    Ok(Arc::new(callable))
}

impl KdcCarrier for Callable {
    fn carry(&self, request: &KdcRequest) -> KdcReply {
        let answer = Python::try_attach(|py| {
            let carrier = self.0.bind(py).upgrade_as::<LookUp>().ok().flatten();
            let carrier = carrier.ok_or_else(|| unanswered("is not there any more"))?;
            let message = PyBytes::new(py, request.message());
            let answer = carrier.get().callable(py).call1((request.realm(), message));
            let answer = answer.map_err(|raised| of_raised(py, raised))?;
            let bytes = Token::of(&answer, "the answer of kdc");
            bytes.map_or_else(|_| Err(no_bytes(&answer)), |bytes| Ok(bytes.as_slice().to_vec()))
        });
        answer.unwrap_or_else(|| Err(unanswered("cannot be called: the interpreter ends"))).into()
    }
}

/// The error for what the callable raised. Without a KDC a package that negotiates goes on; where
/// somebody interrupts the program, nothing does.
fn of_raised(py: Python<'_>, raised: PyErr) -> Error {
    let mut error = unanswered(&format!("raised {}", type_name(raised.value(py))));
    if !raised.is_instance_of::<PyException>(py) {
        error = Error::new(Status::INTERNAL_ERROR, "the callable for the KDC was interrupted");
    }
    error.with_source(Raised::new(raised))
}

/// The error for an answer that is none: a mistake of whoever wrote the callable, and no KDC's.
fn no_bytes(answer: &Bound<'_, PyAny>) -> Error {
    let kind = type_name(answer);
    let hint = if kind == "coroutine" {
        // Nobody will await it: closed, it makes no warning of its own.
        let _ = answer.call_method0("close");
        ": it must be a plain function, which may block"
    } else {
        ""
    };
    let text = format!("the callable for the KDC must give bytes, not {kind}{hint}");
    let raised = PyTypeError::new_err(text.clone());
    Error::new(Status::INVALID_PARAMETER, text).with_source(Raised::new(raised))
}

fn unanswered(why: &str) -> Error {
    let text = format!("the callable for the KDC {why}");
    Error::new(Status::NO_AUTHENTICATING_AUTHORITY, text)
}
