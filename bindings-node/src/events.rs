//! What other threads tell a thread of JavaScript: what a call off the main thread came to, and what a
//! look-up is asked. JavaScript is woken once, and takes as many of them in a turn of its loop as it
//! has time for.

use crate::error::Fault;
use crate::look_up::{Found, Question};
use crate::workers;
use anysspi::raw::Quality;
use anysspi::{Error, Status};
use napi::bindgen_prelude::{BufferSlice, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status as NapiStatus};
use napi_derive::napi;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// From this size on, bytes are handed over in the memory they were made in.
const WORTH_HANDING_OVER: usize = 4096;

pub(crate) enum Event {
    /// What the call with this number came to.
    Finished(u32, anysspi::Result<Made>),
    /// What is asked in the call with the first number, as the question with the second.
    Asked(u32, u32, Question),
}

/// What a call off the main thread makes.
pub(crate) enum Made {
    /// A token, if there is one to send.
    Token(Option<Vec<u8>>),
    /// The part of the bytes that is the message, and how it was protected where it was opened.
    Message(Vec<u8>, Range<usize>, Option<Quality>),
}

type Wake = ThreadsafeFunction<(), (), (), NapiStatus, false, true>;

/// What JavaScript has still to take, and the questions it has still to answer.
#[derive(Default)]
struct Pending {
    events: VecDeque<Event>,
    questions: HashMap<u32, Sender<Found>>,
    last_question: u32,
}

/// Where other threads put what a thread of JavaScript is to know.
#[derive(Clone)]
pub(crate) struct Events {
    wake: Arc<Wake>,
    /// Nothing where the thread has ended.
    pending: Arc<Mutex<Option<Pending>>>,
}

thread_local! {
    /// Those of this thread, where it is one of JavaScript's.
    static HERE: RefCell<Option<Events>> = const { RefCell::new(None) };
}

impl Events {
    pub(crate) fn here() -> Option<Self> {
        HERE.with_borrow(Clone::clone)
    }

    fn pending(&self) -> MutexGuard<'_, Option<Pending>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells JavaScript; it is told nothing more where its thread has ended.
    fn tell(&self, event: impl FnOnce(&mut Pending) -> Event) {
        let mut pending = self.pending();
        let Some(open) = pending.as_mut() else { return };
        let event = event(open);
        open.events.push_back(event);
        let is_first = open.events.len() == 1;
        drop(pending);
        if is_first && self.wake.call((), ThreadsafeFunctionCallMode::NonBlocking) != NapiStatus::Ok
        {
            *self.pending() = None;
        }
    }

    /// Asks JavaScript, and waits for the answer. There is none where its thread ends.
    pub(crate) fn ask(&self, call: u32, question: Question) -> Option<Found> {
        let (sender, receiver) = channel();
        self.tell(|pending| {
            pending.last_question = pending.last_question.wrapping_add(1);
            pending.questions.insert(pending.last_question, sender);
            Event::Asked(call, pending.last_question, question)
        });
        workers::while_waiting(|| receiver.recv()).ok()
    }
}

/// Answers a question. Nobody waits for the answer any more where the step was given up.
#[napi]
pub fn answer_look_up(question: u32, found: Found) {
    let sender =
        Events::here().and_then(|events| events.pending().as_mut()?.questions.remove(&question));
    if let Some(sender) = sender {
        let _ = sender.send(found);
    }
}

/// Says what is called when there are events. Once, when the module is loaded.
#[napi]
pub fn on_events(env: Env, wake: Function<'_, (), ()>) -> napi::Result<()> {
    // It keeps no process alive: the JavaScript half does, while it waits for something.
    let wake = Arc::new(wake.build_threadsafe_function::<()>().weak::<true>().build()?);
    // One is kept for good: a call that outlives its thread of JavaScript drops its own, and the last
    // one to be dropped would release what Node has freed by then.
    std::mem::forget(Arc::clone(&wake));
    let events = Events { wake, pending: Arc::new(Mutex::new(Some(Pending::default()))) };
    HERE.with_borrow_mut(|here| *here = Some(events));
    env.add_env_cleanup_hook((), |()| {
        if let Some(events) = HERE.with_borrow_mut(Option::take) {
            *events.pending() = None;
        }
    })?;
    Ok(())
}

/// Makes the call with this number on another thread.
pub(crate) fn call(
    number: u32,
    work: impl FnOnce() -> anysspi::Result<Made> + Send + 'static,
) -> Option<Fault> {
    let Some(events) = Events::here() else {
        let text = "this thread of JavaScript is ending";
        return Some(Fault::from(&Error::new(Status::INTERNAL_ERROR, text)));
    };
    let called = workers::run(move || {
        let made = work();
        events.tell(|_| Event::Finished(number, made));
    });
    called.err().map(|error| {
        let text = format!("there is no thread to work on: {error}");
        Fault::from(&Error::new(Status::INSUFFICIENT_MEMORY, text))
    })
}

/// An event, as JavaScript takes it.
#[napi(object, object_from_js = false)]
pub struct Taken<'env> {
    /// The number of the call.
    pub call: u32,
    /// How many bytes of the space are the token; below zero without one.
    pub length: Option<i32>,
    /// A token that does not fit, or a message, from and up to which byte.
    pub made: Option<BufferSlice<'env>>,
    pub from: Option<u32>,
    pub to: Option<u32>,
    /// How a message was protected that was opened.
    pub quality: Option<u32>,
    pub fault: Option<Fault>,
    /// What is asked in this call, instead, and the number to answer to.
    pub asked: Option<Question>,
    pub question: Option<u32>,
}

/// The next event, if there is one. Small tokens are in `space`.
#[napi]
pub fn take_event<'env>(
    env: &'env Env,
    mut space: BufferSlice<'_>,
) -> napi::Result<Option<Taken<'env>>> {
    let event = Events::here().and_then(|events| events.pending().as_mut()?.events.pop_front());
    let Some(event) = event else { return Ok(None) };
    let mut next = Taken {
        call: 0,
        length: None,
        made: None,
        from: None,
        to: None,
        quality: None,
        fault: None,
        asked: None,
        question: None,
    };
    match event {
        Event::Asked(call, number, question) => {
            next.call = call;
            next.question = Some(number);
            next.asked = Some(question);
        }
        Event::Finished(call, made) => {
            next.call = call;
            match made {
                Ok(Made::Token(None)) => next.length = Some(-1),
                Ok(Made::Token(Some(token))) => match space.get_mut(..token.len()) {
                    Some(place) => {
                        place.copy_from_slice(&token);
                        next.length = i32::try_from(token.len()).ok();
                    }
                    None => next.made = Some(bytes(env, token)?),
                },
                Ok(Made::Message(message, part, quality)) => {
                    next.quality = quality.map(|Quality(quality)| quality);
                    next.from = u32::try_from(part.start).ok();
                    next.to = u32::try_from(part.end).ok();
                    next.made = Some(bytes(env, message)?);
                }
                Err(error) => next.fault = Some(Fault::from(&error)),
            }
        }
    }
    Ok(Some(next))
}

/// Bytes for JavaScript: few are copied, since that costs less than watching over their memory.
fn bytes(env: &Env, made: Vec<u8>) -> napi::Result<BufferSlice<'_>> {
    if made.len() < WORTH_HANDING_OVER {
        BufferSlice::copy_from(env, &made)
    } else {
        BufferSlice::from_data(env, made)
    }
}
