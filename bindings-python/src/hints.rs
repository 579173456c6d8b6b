//! What the type stubs say about the types that come from Python's side of the package, and the way
//! of each between the two.

use crate::bytes::Token;
use anysspi::Time;
use anysspi::{Allow, Capabilities, ContextFlags, Usage};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyString};
use std::convert::Infallible;
#[cfg(feature = "stubs")]
use {
    crate::accounts::Account,
    crate::credentials::{Credential, Identity, Password},
    crate::delegation::SmartCard,
    crate::kerberos::CredentialCache,
    pyo3::inspect::{PyStaticConstant, PyStaticExpr},
    pyo3::type_object::PyTypeInfo,
    pyo3::{type_hint_identifier, type_hint_subscript, type_hint_union},
};

/// The types that stubs are made of.
#[cfg(feature = "stubs")]
macro_rules! hint {
    (None) => { type_hint_identifier!("builtins", "None") };
    (Any) => { type_hint_identifier!("typing", "Any") };
    (NoReturn) => { type_hint_identifier!("typing", "NoReturn") };
    (datetime) => { type_hint_identifier!("datetime", "datetime") };
    (SspiError) => { type_hint_identifier!("anysspi._error", "SspiError") };
    (bytes_like) => { type_hint_union!(hint!(bytes), hint!(bytearray), hint!(memoryview)) };
    ($name:ident) => { type_hint_identifier!("builtins", stringify!($name)) };
    (list: $($of:expr),+) => { type_hint_subscript!(hint!(list), $($of),+) };
    (type: $($of:expr),+) => { type_hint_subscript!(hint!(type), $($of),+) };
    (dict: $($of:expr),+) => { type_hint_subscript!(hint!(dict), $($of),+) };
    (PathLike: $($of:expr),+) => {
        type_hint_subscript!(type_hint_identifier!("os", "PathLike"), $($of),+)
    };
    (literal: $($text:literal),+) => {
        type_hint_subscript!(
            type_hint_identifier!("typing", "Literal"),
            $(PyStaticExpr::Constant { value: PyStaticConstant::Str($text) }),+
        )
    };
    ($name:ident: $($of:expr),+) => {
        type_hint_subscript!(
            type_hint_identifier!("collections.abc", stringify!($name)), $($of),+
        )
    };
}

/// An enum of `anysspi.flags` on both ways.
macro_rules! enums {
    ($($name:ident($kind:ty), $class:literal, $number:ty;)*) => {$(
        #[doc = concat!("`anysspi.flags.", $class, "`.")]
        #[derive(Clone, Copy)]
        pub(crate) struct $name(pub(crate) $kind);

        impl<'py> FromPyObject<'_, 'py> for $name {
            type Error = PyErr;
            #[cfg(feature = "stubs")]
            const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("anysspi.flags", $class);

            fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
                let number = object.extract::<$number>().map_err(|_| {
                    PyTypeError::new_err(concat!("expected an anysspi.", $class))
                })?;
                let kind = <$kind>::from_bits(number).ok_or_else(|| {
                    PyValueError::new_err(format!(
                        concat!("{:#x} has bits that anysspi.", $class, " does not know"), number
                    ))
                })?;
                Ok(Self(kind))
            }
        }

        impl<'py> IntoPyObject<'py> for $name {
            type Target = PyAny;
            type Output = Bound<'py, PyAny>;
            type Error = PyErr;
            #[cfg(feature = "stubs")]
            const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("anysspi.flags", $class);

            fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
                static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
                CLASS.import(py, "anysspi.flags", $class)?.call1((self.0.bits(),))
            }
        }
    )*};
}

enums! {
    FlagOf(ContextFlags), "Flag", u32;
    CapabilitiesOf(Capabilities), "Capabilities", u32;
    AllowOf(Allow), "Allow", u32;
    UsageOf(Usage), "Usage", u32;
    IscReqOf(anysspi::raw::IscReq), "IscReq", u64;
    IscRetOf(anysspi::raw::IscRet), "IscRet", u64;
    AscReqOf(anysspi::raw::AscReq), "AscReq", u64;
    AscRetOf(anysspi::raw::AscRet), "AscRet", u64;
    BufferAttributesOf(anysspi::raw::BufferAttributes), "BufferAttributes", u32;
}

/// A number that may be a member of an enum of `anysspi.flags`, and may be none.
macro_rules! numbers {
    ($($name:ident, $class:literal;)*) => {$(
        #[doc = concat!("`anysspi.flags.", $class, "`, or a number that is none of its members.")]
        #[derive(Clone, Copy)]
        pub(crate) struct $name(pub(crate) u32);

        impl<'py> FromPyObject<'_, 'py> for $name {
            type Error = PyErr;
            #[cfg(feature = "stubs")]
            const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("builtins", "int");

            fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
                object.extract::<u32>().map(Self)
            }
        }

        impl<'py> IntoPyObject<'py> for $name {
            type Target = PyAny;
            type Output = Bound<'py, PyAny>;
            type Error = PyErr;
            #[cfg(feature = "stubs")]
            const OUTPUT_TYPE: PyStaticExpr = type_hint_union!(
                type_hint_identifier!("anysspi.flags", $class),
                type_hint_identifier!("builtins", "int")
            );

            fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
                static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
                let class = CLASS.import(py, "anysspi.flags", $class)?;
                match class.call1((self.0,)) {
                    Ok(member) => Ok(member),
                    Err(_) => Ok(self.0.into_pyobject(py)?.into_any()),
                }
            }
        }
    )*};
}

numbers! {
    StatusOf, "Status";
    BufferKindOf, "BufferKind";
    AttributeOf, "Attribute";
}

/// The last second that Python's `datetime` knows: the end of the year 9999.
const LAST: u64 = 253_402_300_799;

/// A time: a `datetime` in UTC, and None for one that never comes.
#[derive(Clone, Copy)]
pub(crate) struct When(pub(crate) Time);

impl<'py> IntoPyObject<'py> for When {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;
    #[cfg(feature = "stubs")]
    const OUTPUT_TYPE: PyStaticExpr = type_hint_union!(
        type_hint_identifier!("datetime", "datetime"),
        type_hint_identifier!("builtins", "None")
    );

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        static UTC: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        if self.0.unix_seconds() > LAST {
            return Ok(py.None().into_bound(py));
        }
        let utc = UTC.get_or_try_init(py, || {
            Ok::<_, PyErr>(py.import("datetime")?.getattr("timezone")?.getattr("utc")?.unbind())
        })?;
        let class = CLASS.import(py, "datetime", "datetime")?;
        class.call_method1("fromtimestamp", (self.0.unix_seconds(), utc))
    }
}

/// The time of a `datetime` or of a number of seconds since 1970.
pub(crate) fn time_of(object: &Bound<'_, PyAny>, what: &str) -> PyResult<Time> {
    let seconds = match object.call_method0("timestamp") {
        Ok(seconds) => seconds.extract::<f64>()?,
        Err(_) => object.extract::<f64>().map_err(|_| {
            PyTypeError::new_err(format!("{what} must be a datetime.datetime or a number"))
        })?,
    };
    #[expect(clippy::cast_precision_loss, reason = "it is exact")]
    if !(0.0..=LAST as f64 + 1.0).contains(&seconds) {
        return Err(PyValueError::new_err(format!("{what} lies before 1970 or after 9999")));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "just checked")]
    Ok(Time::from_unix_seconds(seconds as u64))
}

/// A list of names. Not a str, whose letters would pass for names.
pub(crate) struct Names(pub(crate) Vec<String>);

impl<'py> FromPyObject<'_, 'py> for Names {
    type Error = PyErr;
    #[cfg(feature = "stubs")]
    const INPUT_TYPE: PyStaticExpr = hint!(Sequence: hint!(str));

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match object.cast::<PyString>() {
            Ok(_) => Err(PyTypeError::new_err("expected a sequence of names, not a single str")),
            Err(_) => object.extract().map(Self),
        }
    }
}

/// A list of numbers.
pub(crate) struct Numbers(pub(crate) Vec<u32>);

impl<'py> FromPyObject<'_, 'py> for Numbers {
    type Error = PyErr;
    #[cfg(feature = "stubs")]
    const INPUT_TYPE: PyStaticExpr = hint!(Sequence: hint!(int));

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match object.cast::<PyBytes>() {
            Ok(_) => Err(PyTypeError::new_err("expected a sequence of numbers, not bytes")),
            Err(_) => object.extract().map(Self),
        }
    }
}

/// A list of byte strings. Not bytes, whose numbers would pass for something else.
pub(crate) struct ByteStrings(pub(crate) Vec<Vec<u8>>);

impl<'py> FromPyObject<'_, 'py> for ByteStrings {
    type Error = PyErr;
    #[cfg(feature = "stubs")]
    const INPUT_TYPE: PyStaticExpr = hint!(Sequence: hint!(bytes_like));

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let one = |one: PyResult<Bound<'py, PyAny>>| -> PyResult<Vec<u8>> {
            Ok(Token::of(&one?, "each")?.as_slice().to_vec())
        };
        match object.cast::<PyBytes>() {
            Ok(_) => Err(PyTypeError::new_err("expected a sequence of bytes, not bytes alone")),
            Err(_) => Ok(Self(object.try_iter()?.map(one).collect::<PyResult<_>>()?)),
        }
    }
}

/// Objects of Python that the stubs know more about than that they are objects. Whoever takes one
/// looks at it.
macro_rules! objects {
    ($($(#[$doc:meta])* $name:ident = $hint:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name<'py>(pub(crate) Bound<'py, PyAny>);

        impl<'py> FromPyObject<'_, 'py> for $name<'py> {
            type Error = Infallible;
            #[cfg(feature = "stubs")]
            const INPUT_TYPE: PyStaticExpr = $hint;

            fn extract(object: Borrowed<'_, 'py, PyAny>) -> Result<Self, Infallible> {
                Ok(Self(object.to_owned()))
            }
        }

        impl<'py> IntoPyObject<'py> for $name<'py> {
            type Target = PyAny;
            type Output = Bound<'py, PyAny>;
            type Error = Infallible;
            #[cfg(feature = "stubs")]
            const OUTPUT_TYPE: PyStaticExpr = $hint;

            fn into_pyobject(self, _py: Python<'py>) -> Result<Self::Output, Infallible> {
                Ok(self.0)
            }
        }
    )*};
}

objects! {
    /// Anything.
    Anything = hint!(Any);
    /// An object that has bytes.
    BytesLike = hint!(bytes_like);
    /// The path of a file.
    PathText = type_hint_union!(hint!(str), hint!(PathLike: hint!(str)));
    /// Certificates or a key in PEM.
    PemLike = type_hint_union!(hint!(str), hint!(bytes_like));
    /// The memory of a buffer.
    Data = type_hint_union!(hint!(bytes_like), hint!(None));
    /// A coroutine that ends with bytes, or with None.
    TokenLater = hint!(
        Coroutine: hint!(Any), hint!(Any), type_hint_union!(hint!(bytes), hint!(None))
    );
    /// A coroutine that ends with bytes.
    BytesLater = hint!(Coroutine: hint!(Any), hint!(Any), hint!(bytes));
    /// What a field of a token holds.
    FieldValue = type_hint_union!(
        hint!(str), hint!(int), hint!(list: hint!(str)), hint!(datetime), hint!(bytes), hint!(None)
    );
    /// An exception of the package, as an object.
    AnException = hint!(SspiError);
    /// Any exception.
    Raisable = type_hint_union!(
        hint!(BaseException), hint!(type: hint!(BaseException))
    );
    /// What never comes.
    Never = hint!(NoReturn);
    /// A time.
    TimeLike = type_hint_union!(hint!(datetime), hint!(float));
    /// What a handshake takes as its credential.
    CredentialLike = type_hint_union!(
        <Credential as PyTypeInfo>::TYPE_HINT,
        <Identity as PyTypeInfo>::TYPE_HINT,
        hint!(Sequence: <Identity as PyTypeInfo>::TYPE_HINT)
    );
    /// What credentials are made from.
    IdentityLike = type_hint_union!(
        <Identity as PyTypeInfo>::TYPE_HINT,
        hint!(Sequence: <Identity as PyTypeInfo>::TYPE_HINT)
    );
    /// What a client delegated.
    DelegatedThing = type_hint_union!(
        <Password as PyTypeInfo>::TYPE_HINT,
        <SmartCard as PyTypeInfo>::TYPE_HINT,
        <CredentialCache as PyTypeInfo>::TYPE_HINT,
        hint!(None)
    );
    /// What carries questions to KDCs: the realm, and the message.
    CarrierLike = hint!(
        Callable:
        PyStaticExpr::List { elts: &[hint!(str), hint!(bytes)] },
        hint!(bytes)
    );
    /// What can be an account store.
    StoreLike = type_hint_union!(
        hint!(dict: hint!(str), hint!(str)),
        hint!(Iterable: <Account as PyTypeInfo>::TYPE_HINT),
        hint!(str),
        hint!(PathLike: hint!(str)),
        hint!(
            Callable:
            PyStaticExpr::List { elts: &[hint!(str), hint!(str), hint!(str)] },
            type_hint_union!(<Account as PyTypeInfo>::TYPE_HINT, hint!(None))
        )
    );
}

/// A word out of a few.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident, $argument:literal = $($word:literal),+;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(crate) struct $name(pub(crate) &'static str);

        impl $name {
            const ALL: &'static [&'static str] = &[$($word),+];

            /// For a word that the core does not know: the list here has fallen behind its own.
            #[allow(dead_code, reason = "some of the words only come out")]
            pub(crate) fn unknown(self) -> anysspi::Error {
                let text = format!("{} knows no {:?}", $argument, self.0);
                anysspi::Error::new(anysspi::Status::INTERNAL_ERROR, text)
            }
        }

        impl<'py> FromPyObject<'_, 'py> for $name {
            type Error = PyErr;
            #[cfg(feature = "stubs")]
            const INPUT_TYPE: PyStaticExpr = hint!(literal: $($word),+);

            fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
                let given = object.extract::<String>()?;
                let found = Self::ALL.iter().find(|word| **word == given);
                found.map(|word| Self(word)).ok_or_else(|| {
                    let all = Self::ALL.join("\", \"");
                    let argument = $argument;
                    PyValueError::new_err(format!(
                        "{argument} must be one of \"{all}\", not {given:?}"
                    ))
                })
            }
        }

        impl<'py> IntoPyObject<'py> for $name {
            type Target = PyString;
            type Output = Bound<'py, PyString>;
            type Error = Infallible;
            #[cfg(feature = "stubs")]
            const OUTPUT_TYPE: PyStaticExpr = hint!(literal: $($word),+);

            fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Infallible> {
                Ok(PyString::intern(py, self.0))
            }
        }
    )*};
}

words! {
    /// What to do about channel bindings.
    PolicyWord, "binding_policy" = "never", "when_supported", "always";
    /// What to do about the PAC in a client's ticket.
    PacPolicyWord, "pac_policy" = "never", "when_present", "always";
    /// Which end a context or a handshake is.
    SideWord, "side" = "initiator", "acceptor";
    /// What became of channel bindings.
    CheckedWord, "bindings_checked" = "no", "sent", "verified";
    /// Whether an account may log on.
    StateWord, "state" = "active", "disabled", "expired", "locked", "password_expired",
        "must_change_password", "outside_logon_hours", "workstation_not_allowed";
}
