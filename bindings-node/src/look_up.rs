//! The look-ups of the application: functions of JavaScript, which may answer later.
//!
//! A store in here is a number; the functions are the JavaScript half's, which is called with the number. On the
//! main thread, in a synchronous step, it is called then and there. A step off the main thread has the
//! main thread call it, and waits until it has answered (`answer_look_up`).

use crate::accounts::{AccountOf, account_of};
use crate::error::Thrown;
use anysspi::accounts::{Account, AccountQuery, AccountStore};
use anysspi::{Error, Status};
use napi::bindgen_prelude::{FnArgs, Function, FunctionRef};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status as NapiStatus};
use napi_derive::napi;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

/// The store, the user, the domain and the package.
type Now = FnArgs<(u32, String, String, String)>;

/// The step that asks, the number of the question, and the same.
type Later = FnArgs<(u32, u32, u32, String, String, String)>;

/// What the JavaScript half answers.
#[napi(object)]
pub struct Found {
    /// The account, if there is one.
    pub account: Option<AccountOf>,
    /// The number of the error that was thrown instead.
    pub thrown: Option<u32>,
    /// What is wrong with the look-up, in words.
    pub problem: Option<String>,
    /// Whether it threw nothing itself, and what it gave is no answer.
    pub is_nonsense: Option<bool>,
}

/// Has the main thread call a look-up.
type Caller = ThreadsafeFunction<Later, (), Later, NapiStatus, false, true>;

/// What the steps need that are made off the main thread.
#[derive(Clone)]
pub(crate) struct Asking {
    caller: Arc<Caller>,
    /// The questions that are still to be answered.
    open: Arc<Mutex<HashMap<u32, Sender<Found>>>>,
}

/// How look-ups are called, on a thread of JavaScript.
struct Here {
    env: Env,
    now: FunctionRef<Now, Found>,
    asking: Asking,
}

thread_local! {
    /// On a thread of JavaScript: how its look-ups are called.
    static HERE: RefCell<Option<Here>> = const { RefCell::new(None) };
    /// On any other: the step that is under way, and how it asks.
    static STEP: RefCell<Option<(u32, Asking)>> = const { RefCell::new(None) };
}

/// Says what is called for look-ups: `now` in a step on the main thread, `later` for one off it. Once,
/// when the module is loaded.
#[napi]
pub fn set_look_ups(
    env: Env,
    now: Function<'_, Now, Found>,
    later: Function<'_, Later, ()>,
) -> napi::Result<()> {
    let caller = later.build_threadsafe_function::<Later>().weak::<true>().build()?;
    let asking = Asking { caller: Arc::new(caller), open: Arc::default() };
    // One is kept for good: a step that outlives its thread of JavaScript drops its own, and the last
    // one to be dropped would release what Node has freed by then.
    std::mem::forget(Arc::clone(&asking.caller));
    let open = Arc::clone(&asking.open);
    let here = Here { env, now: now.create_ref()?, asking };
    HERE.with_borrow_mut(|place| *place = Some(here));
    // A thread of JavaScript that ends answers nobody any more.
    env.add_env_cleanup_hook(open, |open| {
        open.lock().unwrap_or_else(PoisonError::into_inner).clear();
        HERE.with_borrow_mut(|place| *place = None);
    })?;
    Ok(())
}

/// Answers a question that `later` was called with.
#[napi]
pub fn answer_look_up(question: u32, found: Found) {
    let sender = HERE.with_borrow(|here| {
        let open = &here.as_ref()?.asking.open;
        open.lock().unwrap_or_else(PoisonError::into_inner).remove(&question)
    });
    if let Some(sender) = sender {
        // Nobody waits any more where the step was given up.
        let _ = sender.send(found);
    }
}

/// How a step off this thread asks.
pub(crate) fn asking() -> Option<Asking> {
    HERE.with_borrow(|here| here.as_ref().map(|here| here.asking.clone()))
}

/// Makes a step off the main thread, whose look-ups are asked of it.
pub(crate) fn with_step<T>(step: u32, asking: Option<Asking>, make: impl FnOnce() -> T) -> T {
    STEP.with_borrow_mut(|place| *place = asking.map(|asking| (step, asking)));
    let result = make();
    STEP.with_borrow_mut(|place| *place = None);
    result
}

/// A store of the JavaScript half, by its number.
pub(crate) struct JavaScriptStore(pub(crate) u32);

impl AccountStore for JavaScriptStore {
    fn look_up(&self, query: &AccountQuery<'_>) -> anysspi::Result<Option<Account>> {
        let step = STEP.with_borrow(Clone::clone);
        let found = match step {
            Some((step, asking)) => self.ask_later(step, &asking, query),
            None => self.ask_now(query),
        };
        let Found { account, thrown, problem, is_nonsense } = found.ok_or_else(|| {
            failed("the account look-up could not be called: its thread is ending")
        })?;
        if let Some(number) = thrown {
            let text = problem.unwrap_or_else(|| "the account look-up threw an error".into());
            let status = match is_nonsense {
                Some(true) => Status::INVALID_PARAMETER,
                _ => Status::INTERNAL_ERROR,
            };
            return Err(Error::new(status, text).with_source(Thrown(number)));
        }
        if let Some(problem) = problem {
            return Err(Error::new(Status::INVALID_PARAMETER, problem));
        }
        account.map(account_of).transpose()
    }
}

fn failed(text: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(Status::INTERNAL_ERROR, text)
}

impl JavaScriptStore {
    fn ask_now(&self, query: &AccountQuery<'_>) -> Option<Found> {
        let (user, domain) = (query.user.to_owned(), query.domain.to_owned());
        HERE.with_borrow(|here| {
            let here = here.as_ref()?;
            let now = here.now.borrow_back(&here.env).ok()?;
            now.call((self.0, user, domain, query.package.to_owned()).into()).ok()
        })
    }

    fn ask_later(&self, step: u32, asking: &Asking, query: &AccountQuery<'_>) -> Option<Found> {
        static QUESTIONS: AtomicU32 = AtomicU32::new(0);
        let question = QUESTIONS.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = channel();
        asking.open.lock().unwrap_or_else(PoisonError::into_inner).insert(question, sender);
        let (user, domain) = (query.user.to_owned(), query.domain.to_owned());
        let asked = (step, question, self.0, user, domain, query.package.to_owned()).into();
        match asking.caller.call(asked, ThreadsafeFunctionCallMode::NonBlocking) {
            NapiStatus::Ok => receiver.recv().ok(),
            _ => None,
        }
    }
}
