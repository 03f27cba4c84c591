//! One invocation on its way to a handler: what came in, and what the handler may still take of it.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum_core::body::Body;
use bytes::Bytes;
use http::request::Parts;
use percent_encoding::percent_decode_str;

use crate::context::{Context, Delivery, Trace};
use crate::dispatch::Program;
use crate::error::Failure;
use crate::event::Item;
use crate::private::Rejection;
use crate::router::{Captures, PathForm};
use crate::timer::Timer;

/// One invocation. Handlers never see it; the macro's code takes their arguments out of it.
pub struct Invocation {
    pub(crate) program: Arc<Program>,
    pub(crate) function: usize,
    pub(crate) deadline: Instant,
    pub(crate) cold_start: bool,
    pub(crate) delivered: Box<Delivered>,
}

impl Invocation {
    /// What the invocation is told of itself: put together only for the functions that ask.
    pub(crate) fn context(&self) -> Context {
        let mut delivery = self.delivered.delivery.clone();
        if let (Trace::InHead, Input::Http(http)) = (&delivery.trace, &self.delivered.input) {
            delivery.trace = Trace::Given(http.head.trace());
        }
        Context {
            function: self.program.functions()[self.function].name(),
            provider: self.program.provider(),
            delivery,
            deadline: self.deadline,
            cold_start: self.cold_start,
        }
    }
}

/// What a provider delivers. It is boxed where it comes in, and not moved again on its way to the handler.
pub(crate) struct Delivered {
    pub(crate) input: Input,
    pub(crate) delivery: Delivery,
}

/// What invoked a function, by kind of trigger.
pub(crate) enum Input {
    Http(HttpInput),
    Timer(Timer),
    /// One item of an event source.
    Item(Item),
    /// Several of them, for a function that takes them together.
    Batch(BatchInput),
    /// A provider's own event, for a function that takes it as it is.
    #[cfg_attr(not(provider_aws), expect(dead_code, reason = "only AWS delivers its own events"))]
    Native(Bytes),
}

impl Input {
    /// The failure of a handler that is given what is not of its kind, which only a fault in a provider could do.
    pub(crate) fn mistaken_for(&self, handler: &str) -> Rejection {
        let what = match self {
            Self::Http(_) => "a request",
            Self::Timer(_) => "a timer",
            Self::Item(item) => item.name(),
            Self::Batch(_) => "a batch",
            Self::Native(_) => "a provider's own event",
        };
        Rejection::internal("WrongTrigger", &format!("{what} invoked {handler}"))
    }
}

/// Items that came together.
pub(crate) struct BatchInput {
    /// Each with its attempt.
    pub(crate) items: Vec<(Item, u32)>,
    /// Those that cannot be read, by their position. Shared with whoever delivers, since the handler's outcome knows nothing of
    /// them.
    pub(crate) refused: Arc<Mutex<Vec<(usize, Failure)>>>,
}

impl BatchInput {
    /// Keeps an item from the handler.
    pub(crate) fn refuse(&self, position: usize, failure: Failure) {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).push((position, failure));
    }
}

/// A request, as far as it was read.
pub(crate) struct HttpInput {
    pub(crate) head: Head,
    pub(crate) body: RequestBody,
    /// The body's length, if it is known before the body is read.
    pub(crate) length: Option<u64>,
    pub(crate) captures: Captures,
}

/// All of a request but its body.
pub(crate) enum Head {
    /// As the HTTP server read it.
    Parts(Parts),
    #[cfg_attr(not(provider_aws), expect(dead_code, reason = "only AWS delivers requests as events"))]
    /// An event that is parsed only if the handler asks for more than the path.
    Event {
        /// The method.
        method: http::Method,
        /// The path that the captures are of.
        path: Box<str>,
        /// Whether it is percent-encoded.
        form: PathForm,
        /// Gives the rest.
        event: Box<dyn DeferredHead>,
    },
    /// Given to the handler.
    Taken,
}

impl Head {
    /// The trace that a client names.
    pub(crate) fn trace(&self) -> Option<String> {
        match self {
            Self::Parts(parts) => parts.headers.get("traceparent")?.to_str().ok().map(str::to_owned),
            Self::Event { .. } | Self::Taken => None,
        }
    }
}

/// A request's head that is built when somebody asks for it.
pub(crate) trait DeferredHead: Send {
    /// Builds it for a path.
    fn build(self: Box<Self>, method: http::Method, path: &str, form: PathForm) -> Result<Parts, MalformedEvent>;
}

/// An event that is not what its kind must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed event: {0}")]
pub(crate) struct MalformedEvent(pub(crate) String);

/// A request's body that was not read yet.
pub(crate) enum RequestBody {
    #[cfg(http_server)]
    Incoming(hyper::body::Incoming, u64),
    Body(Body),
    Taken,
}

impl RequestBody {
    /// The body, the first time; later an empty one.
    pub(crate) fn take(&mut self) -> Body {
        match std::mem::replace(self, Self::Taken) {
            #[cfg(http_server)]
            Self::Incoming(incoming, limit) => {
                if http_body::Body::is_end_stream(&incoming) {
                    return Body::empty();
                }
                // hyper reads no more than the head announces.
                if http_body::Body::size_hint(&incoming).exact().is_some_and(|length| length <= limit) {
                    return Body::new(incoming);
                }
                Body::new(http_body_util::Limited::new(incoming, usize::try_from(limit).unwrap_or(usize::MAX)))
            }
            Self::Body(body) => body,
            Self::Taken => Body::empty(),
        }
    }
}

impl HttpInput {
    /// A request whose path was not looked at yet.
    pub(crate) fn new(head: Head, body: RequestBody, length: Option<u64>) -> Self {
        Self { head, body, length, captures: Captures::new() }
    }

    /// The text that the parameter of that index matched, percent-decoded; none where an optional one is left out.
    pub(crate) fn capture(&self, index: usize) -> Option<Result<Cow<'_, str>, std::str::Utf8Error>> {
        let (start, end) = *self.captures.get(index)?;
        let (path, form) = match &self.head {
            Head::Parts(parts) => (parts.uri.path(), PathForm::Encoded),
            Head::Event { path, form, .. } => (&**path, *form),
            Head::Taken => return None,
        };
        let raw = path.get(start as usize..end as usize)?;
        Some(if form == PathForm::Encoded && raw.contains('%') {
            percent_decode_str(raw).decode_utf8()
        } else {
            Ok(Cow::Borrowed(raw))
        })
    }

    /// The head; built the first time that it is asked for.
    pub(crate) fn parts(&mut self) -> Result<&mut Parts, MalformedEvent> {
        if let Head::Event { .. } = self.head
            && let Head::Event { method, path, form, event } = std::mem::replace(&mut self.head, Head::Taken)
        {
            self.head = Head::Parts(event.build(method, &path, form)?);
        }
        match &mut self.head {
            Head::Parts(parts) => Ok(parts),
            // Not reached: only the last argument takes the head away.
            _ => Err(MalformedEvent("the request was taken by another argument".to_owned())),
        }
    }

    /// The whole request.
    pub(crate) fn request(&mut self) -> Result<http::Request<Body>, MalformedEvent> {
        self.parts()?;
        match std::mem::replace(&mut self.head, Head::Taken) {
            Head::Parts(parts) => Ok(http::Request::from_parts(parts, self.body.take())),
            _ => Err(MalformedEvent("the request was taken by another argument".to_owned())),
        }
    }
}
