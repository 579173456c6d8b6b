//! The look-ups of the application: functions of JavaScript, which may answer later. Those that carry
//! questions to KDCs (`kdc.rs`) are called in the same way.
//!
//! A store in here is a number; the functions are the JavaScript half's, which is called with the
//! number. On the main thread, in a synchronous step, it is called then and there. A step off the main
//! thread asks the main thread, and waits until it has answered (`events.rs`).

use crate::accounts::{AccountOf, account_of};
use crate::events::Events;
use crate::kdc::KdcQuestion;
use anysspi::accounts::{Account, AccountQuery, AccountStore};
use anysspi::binding::Thrown;
use anysspi::{Error, Status};
use napi::Env;
use napi::bindgen_prelude::{Buffer, FnArgs, Function, FunctionRef};
use napi_derive::napi;
use std::cell::RefCell;

/// The function, and what it is asked.
type Now = FnArgs<(u32, Question)>;

/// What a function of the application is asked: about an account, or to carry a question to a KDC.
#[napi(object, object_from_js = false)]
pub struct Question {
    /// The number of the function.
    pub number: u32,
    pub account: Option<AccountQuestion>,
    pub kdc: Option<KdcQuestion>,
}

#[napi(object, object_from_js = false)]
pub struct AccountQuestion {
    pub user: String,
    pub domain: String,
    pub package: String,
}

/// What the JavaScript half answers.
#[napi(object)]
pub struct Found {
    /// The account, if there is one.
    pub account: Option<AccountOf>,
    /// What a KDC answered.
    pub answer: Option<Buffer>,
    /// The number of the error that was thrown instead.
    pub thrown: Option<u32>,
    /// What is wrong with the look-up, in words.
    pub problem: Option<String>,
    /// Whether it threw nothing itself, and what it gave is no answer.
    pub is_nonsense: Option<bool>,
}

thread_local! {
    /// On a thread of JavaScript: what is called for its look-ups.
    static HERE: RefCell<Option<(Env, FunctionRef<Now, Found>)>> = const { RefCell::new(None) };
    /// On any other: the call that is under way, and where it asks.
    static CALL: RefCell<Option<(u32, Events)>> = const { RefCell::new(None) };
}

/// Says what is called for look-ups in a step on the main thread. Once, when the module is loaded.
#[napi]
pub fn set_look_ups(env: Env, now: Function<'_, Now, Found>) -> napi::Result<()> {
    let now = now.create_ref()?;
    HERE.with_borrow_mut(|here| *here = Some((env, now)));
    env.add_env_cleanup_hook((), |()| HERE.with_borrow_mut(|here| *here = None))?;
    Ok(())
}

/// Makes a step in a call off the main thread, whose look-ups are asked of it.
pub(crate) fn in_call<T>(call: u32, events: Option<Events>, make: impl FnOnce() -> T) -> T {
    CALL.with_borrow_mut(|here| *here = events.map(|events| (call, events)));
    let result = make();
    CALL.with_borrow_mut(|here| *here = None);
    result
}

/// What a function of the JavaScript half answers; none where its thread is ending.
pub(crate) fn asked(question: Question) -> Option<Found> {
    match CALL.with_borrow(Clone::clone) {
        Some((call, events)) => events.ask(call, question),
        None => HERE.with_borrow(|here| {
            let (env, now) = here.as_ref()?;
            now.borrow_back(env).ok()?.call((question.number, question).into()).ok()
        }),
    }
}

/// A store of the JavaScript half, by its number.
pub(crate) struct JavaScriptStore(pub(crate) u32);

impl AccountStore for JavaScriptStore {
    fn look_up(&self, query: &AccountQuery<'_>) -> anysspi::Result<Option<Account>> {
        let account = AccountQuestion {
            user: query.user.to_owned(),
            domain: query.domain.to_owned(),
            package: query.package.to_owned(),
        };
        let question = Question { number: self.0, account: Some(account), kdc: None };
        let Found { account, thrown, problem, is_nonsense, .. } =
            asked(question).ok_or_else(|| {
                failed("the account look-up could not be called: its thread is ending")
            })?;
        if let Some(number) = thrown {
            let text = problem.unwrap_or_else(|| "the account look-up threw an error".into());
            let status = match is_nonsense {
                Some(true) => Status::INVALID_PARAMETER,
                _ => Status::INTERNAL_ERROR,
            };
            return Err(Error::new(status, text).with_source(Thrown(number.into())));
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
