//! What went wrong, in words that may be logged.
//!
//! A message names the operation, the resource and the service's code for it. What a service writes beside the code is left
//! out: it repeats values of the request, and some repeat credentials. The one exception is a refusal of permission, which
//! says nothing but who may not do what, and without it nobody finds the missing permission.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::error::BoxError;
use crate::output::OutputErrorKind;

/// A call that failed. A clone is the same failure: one failed request is the failure of each of its entries.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{operation} of `{resource}` failed: {cause}")]
pub(crate) struct ClientError {
    operation: &'static str,
    resource: Arc<str>,
    cause: Cause,
    #[source]
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Cause {
    /// The service refused it, with its code for why.
    #[error("{0}")]
    Refused(Refusal),
    /// No connection came about.
    #[error("no connection")]
    Unreachable,
    /// The connection ended before the answer was whole.
    #[error("the connection was lost")]
    Interrupted,
    /// No answer came in the time of one attempt.
    #[error("no answer in time")]
    TimedOut,
    /// There is no token to call with.
    #[error("there is no access token: {why}")]
    NoToken {
        /// Why there is none, and what to do about it.
        why: Box<str>,
        /// What that means for another attempt.
        class: Class,
    },
    /// The answer is larger than any that is known.
    #[error("the answer is too large")]
    AnswerTooLarge,
    /// The answer is none that is known.
    #[error("the answer cannot be read")]
    Unreadable,
    /// What was to be sent is larger than the service takes.
    #[error("it has {size} bytes, and at most {limit} are taken")]
    TooLarge {
        /// What it has.
        size: usize,
        /// What is taken.
        limit: usize,
    },
    /// It cannot be written as the service wants it.
    #[error("it cannot be written down")]
    Unwritable,
    /// It was not sent, so that the order of its group stays.
    #[error("it was not sent, since an earlier message of its group failed")]
    Withheld,
}

/// What a service said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The service's code, such as `QueueDoesNotExist`.
    code: Box<str>,
    /// The status of the answer; an entry of a batch has none.
    status: Option<StatusCode>,
    /// Who may not do what.
    permission: Option<Box<str>>,
    class: Class,
    /// For how long the service asked to be left alone.
    after: Option<Duration>,
    is_of_contents: bool,
}

impl Refusal {
    /// A refusal with a code, and what that means for another attempt.
    pub(crate) fn new(code: &str, status: Option<StatusCode>, class: Class) -> Self {
        // A proxy, or a server that fails early, answers without a code.
        let code = if code.is_empty() { "no code" } else { code };
        Self { code: shortened(code).into(), status, permission: None, class, after: None, is_of_contents: false }
    }

    /// With what the service wrote of who may not do what.
    pub(crate) fn with_permission(self, message: Option<&str>) -> Self {
        Self { permission: message.map(|message| shortened(message).into()), ..self }
    }

    /// Says whether the service refused what was sent, and might take something else: it is there, and lets the function
    /// in.
    pub(crate) fn of_contents(self, is_of_contents: bool) -> Self {
        Self { is_of_contents, ..self }
    }

    /// With how long the service asked to be left alone.
    pub(crate) fn after(self, after: Option<Duration>) -> Self {
        Self { after, ..self }
    }

    pub(crate) fn code(&self) -> &str {
        &self.code
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)?;
        if let Some(status) = self.status {
            write!(f, " (http {})", status.as_u16())?;
        }
        self.permission.iter().try_for_each(|permission| write!(f, ": {permission}"))
    }
}

impl ClientError {
    pub(crate) fn new(operation: &'static str, resource: &str, fault: impl Into<Fault>) -> Self {
        let Fault { cause, source } = fault.into();
        Self { operation, resource: resource.into(), cause, source }
    }

    /// Why it failed.
    pub(crate) fn cause(&self) -> &Cause {
        &self.cause
    }

    /// The service's code, if it answered.
    #[cfg(test)]
    pub(crate) fn code(&self) -> Option<&str> {
        self.cause.code()
    }

    /// Whether the same call may well succeed a little later.
    pub(crate) fn is_passing(&self) -> bool {
        self.class().is_passing()
    }

    pub(crate) fn class(&self) -> Class {
        self.cause.class()
    }

    /// Whether the service refused what was sent, and might take something else: it is there, and lets the function in.
    pub(crate) fn is_of_contents(&self) -> bool {
        match &self.cause {
            Cause::Refused(refusal) => refusal.is_of_contents,
            _ => false,
        }
    }

    /// Whether anything else that is sent there would fail, too.
    pub(crate) fn is_of_place(&self) -> bool {
        let is_of_entry = matches!(self.cause, Cause::TooLarge { .. } | Cause::Unwritable | Cause::Withheld);
        !is_of_entry && !self.is_of_contents()
    }

    /// Whether the service asked to be called less often.
    pub(crate) fn is_throttling(&self) -> bool {
        self.class() == Class::Throttled
    }
}

/// A failed attempt, before it is known whether another one follows.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) cause: Cause,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl Fault {
    pub(crate) fn caused(cause: Cause, source: BoxError) -> Self {
        Self { cause, source: Some(source.into()) }
    }

    pub(crate) fn class(&self) -> Class {
        self.cause.class()
    }

    pub(crate) fn code(&self) -> Option<&str> {
        self.cause.code()
    }

    /// For how long the service asked to be left alone.
    pub(crate) fn after(&self) -> Duration {
        match &self.cause {
            Cause::Refused(refusal) => refusal.after.unwrap_or_default(),
            _ => Duration::ZERO,
        }
    }
}

impl From<Cause> for Fault {
    fn from(cause: Cause) -> Self {
        Self { cause, source: None }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Cause::Refused(refusal).into()
    }
}

impl From<ClientError> for OutputErrorKind {
    fn from(error: ClientError) -> Self {
        match error.cause() {
            _ if error.is_throttling() => Self::Throttled(error.to_string()),
            Cause::TooLarge { .. } | Cause::Unwritable => Self::Unfit(error.to_string()),
            Cause::Withheld => Self::NotSent,
            _ => Self::Other(error.to_string()),
        }
    }
}

/// What a failure means for another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// It would fail again.
    Lasting,
    /// It may well succeed soon.
    Passing,
    /// It may succeed after a while.
    Throttled,
}

impl Class {
    pub(crate) fn is_passing(self) -> bool {
        self != Self::Lasting
    }
}

impl Cause {
    fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => Some(refusal.code()),
            _ => None,
        }
    }

    pub(crate) fn class(&self) -> Class {
        match self {
            Self::Unreachable | Self::Interrupted | Self::TimedOut => Class::Passing,
            Self::Refused(refusal) => refusal.class,
            Self::NoToken { class, .. } => *class,
            _ => Class::Lasting,
        }
    }
}

/// As much of it as a line of a log can bear.
fn shortened(text: &str) -> &str {
    const LONGEST: usize = 600;
    text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text)
}
