//! What JavaScript holds of the library: things it knows by number. An object of napi's for each, with
//! its borrows and its finalizer, would cost more than a handshake.
//!
//! Every thread of JavaScript has its own things, and a number is never given twice.

use crate::handshake::End;
use crate::raw::RawContext;
use anysspi::binding::closed;
use anysspi::raw::CredentialsHandle;
use anysspi::{Identity, Result};
use napi::Env;
use napi_derive::napi;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// Something JavaScript holds.
pub(crate) enum Thing {
    Identity(Identity),
    Credential(CredentialsHandle),
    End(Arc<End>),
    RawContext(Arc<RawContext>),
}

/// What an end takes, roughly, and from how many bytes on JavaScript is told of them.
const END: i64 = 1024;
const WORTH_TELLING: i64 = 1 << 20;

#[derive(Default)]
struct Things {
    last: i64,
    kept: HashMap<i64, Thing>,
    /// The bytes that the ends have come to take since JavaScript was told.
    untold: i64,
}

impl Things {
    /// Tells JavaScript of the memory that it cannot see, so that it collects before there is much.
    fn tell(&mut self, env: Env, change: i64) {
        self.untold = self.untold.saturating_add(change);
        if self.untold.abs() >= WORTH_TELLING {
            // It is a hint: where it is not taken, JavaScript collects later.
            let _ = env.adjust_external_memory(self.untold);
            self.untold = 0;
        }
    }
}

thread_local! {
    static THINGS: RefCell<Things> = RefCell::default();
}

/// Keeps a thing until JavaScript forgets it, and gives its number.
pub(crate) fn keep(thing: Thing) -> i64 {
    THINGS.with_borrow_mut(|things| {
        // JavaScript counts exactly to 2^53, which nobody reaches.
        things.last = things.last.wrapping_add(1);
        things.kept.insert(things.last, thing);
        things.last
    })
}

/// Keeps an end.
pub(crate) fn keep_end(env: Env, end: End) -> i64 {
    THINGS.with_borrow_mut(|things| things.tell(env, END));
    keep(Thing::End(Arc::new(end)))
}

/// Lets go of a thing. It is not there any more where it was let go of before.
#[napi]
pub fn forget(env: Env, number: i64) {
    // What it holds is dropped after the table is free again.
    let _thing = THINGS.with_borrow_mut(|things| {
        let thing = things.kept.remove(&number)?;
        if let Thing::End(_) = thing {
            things.tell(env, -END);
        }
        Some(thing)
    });
}

fn kept<T>(number: i64, pick: impl FnOnce(&Thing) -> Option<T>) -> Result<T> {
    THINGS.with_borrow(|things| things.kept.get(&number).and_then(pick)).ok_or_else(closed)
}

pub(crate) fn identity(number: i64) -> Result<Identity> {
    kept(number, |thing| match thing {
        Thing::Identity(identity) => Some(identity.clone()),
        _ => None,
    })
}

pub(crate) fn identities(numbers: &[i64]) -> Result<Vec<Identity>> {
    numbers.iter().map(|number| identity(*number)).collect()
}

pub(crate) fn credential(number: i64) -> Result<CredentialsHandle> {
    kept(number, |thing| match thing {
        Thing::Credential(credential) => Some(credential.clone()),
        _ => None,
    })
}

pub(crate) fn end(number: i64) -> Result<Arc<End>> {
    kept(number, |thing| match thing {
        Thing::End(end) => Some(Arc::clone(end)),
        _ => None,
    })
}

pub(crate) fn raw_context(number: i64) -> Result<Arc<RawContext>> {
    kept(number, |thing| match thing {
        Thing::RawContext(context) => Some(Arc::clone(context)),
        _ => None,
    })
}
