//! Which invocation the code that runs now belongs to.
//!
//! A subscriber of the application's own gets a span for each invocation. The subscriber that `main!` installs does not need
//! one: it reads the invocation from here when it writes a line. A span costs more than everything else that the runtime does
//! for a request, whether or not a line is ever written.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use tracing::Span;
use tracing::span::Entered;

#[cfg(provider_azure)]
use super::kept::KeptLines;
use crate::context::{Delivery, InvocationId};

/// Whether the subscriber is the one that `main!` installs.
static OWN_SUBSCRIBER: AtomicBool = AtomicBool::new(false);

thread_local! {
    static CURRENT: RefCell<Option<Current>> = const { RefCell::new(None) };
}

/// An invocation, as log lines name it.
#[derive(Clone, Debug)]
pub(crate) struct Current {
    pub(super) function: Arc<str>,
    pub(super) id: InvocationId,
    /// Where its lines are kept for the reply, if the platform wants them there.
    #[cfg(provider_azure)]
    pub(super) lines: Option<Arc<KeptLines>>,
}

/// Says that the subscriber reads the invocation from here.
pub(super) fn own_subscriber() {
    OWN_SUBSCRIBER.store(true, Relaxed);
}

/// Calls `read` with the invocation that the calling code belongs to, if it belongs to one.
pub(super) fn with_current<T>(read: impl FnOnce(Option<&Current>) -> T) -> T {
    CURRENT.with(|current| match current.try_borrow() {
        Ok(current) => read(current.as_ref()),
        Err(_) => read(None),
    })
}

/// What code of one invocation is run in.
#[derive(Debug)]
pub(crate) enum Scope {
    /// For the own subscriber; while code runs in it, what code ran in before.
    Current(Option<Current>),
    /// For another one.
    Span(Span),
}

impl Scope {
    /// The scope of an invocation.
    pub(crate) fn new(function: &Arc<str>, delivery: &Delivery) -> Self {
        let id = &delivery.invocation;
        if OWN_SUBSCRIBER.load(Relaxed) {
            Self::Current(Some(Current {
                function: Arc::clone(function),
                id: id.clone(),
                #[cfg(provider_azure)]
                lines: delivery.lines.clone(),
            }))
        } else {
            Self::Span(tracing::info_span!(target: "tusk_fn", "invocation", function = &**function, %id))
        }
    }

    /// Until the guard is dropped, what this thread logs belongs to the invocation.
    pub(crate) fn enter(&mut self) -> Guard<'_> {
        match self {
            Self::Current(current) => {
                exchange(current);
                Guard::Current(current)
            }
            Self::Span(span) => Guard::Span(span.enter()),
        }
    }
}

/// Ends a scope when it is dropped.
#[must_use]
pub(crate) enum Guard<'a> {
    Current(&'a mut Option<Current>),
    #[expect(dead_code, reason = "kept until it is dropped")]
    Span(Entered<'a>),
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if let Self::Current(previous) = self {
            exchange(previous);
        }
    }
}

/// Puts another invocation into the place of the one that this thread runs.
fn exchange(other: &mut Option<Current>) {
    CURRENT.with(|slot| std::mem::swap(&mut *slot.borrow_mut(), other));
}
