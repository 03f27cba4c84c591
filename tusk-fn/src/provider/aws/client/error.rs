//! What went wrong, in words that may be logged.
//!
//! A message names the operation, the resource and AWS's code for it. What AWS writes beside the code is left out: it repeats
//! values of the request, and for a wrong signature the session's token. The one exception is a refusal of permission, which
//! says nothing but who may not do what, and without it nobody finds the missing permission.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use http::StatusCode;

use super::endpoint::Place;
use crate::error::BoxError;

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
    /// AWS's code, such as `QueueDoesNotExist`.
    pub(crate) code: Box<str>,
    /// The status of the answer; an entry of a batch has none.
    pub(crate) status: Option<StatusCode>,
    /// Who may not do what.
    pub(crate) permission: Option<Box<str>>,
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
    pub(super) fn new(operation: &'static str, place: Place<'_>, fault: Fault) -> Self {
        let Fault { cause, source } = fault;
        Self { operation, resource: place.name.into(), cause, source }
    }

    /// Why it failed.
    pub(crate) fn cause(&self) -> &Cause {
        &self.cause
    }

    /// AWS's code, if the service answered.
    #[cfg(test)]
    pub(super) fn code(&self) -> Option<&str> {
        self.cause.code()
    }

    /// Whether the same call may well succeed a little later.
    pub(crate) fn is_passing(&self) -> bool {
        self.class().is_passing()
    }

    pub(super) fn class(&self) -> Class {
        self.cause.class()
    }

    /// Whether the service refused what was sent, and might take something else: it is there, and lets the function in.
    pub(super) fn is_of_contents(&self) -> bool {
        match &self.cause {
            Cause::Refused(refusal) => refusal.is_of_contents(),
            _ => false,
        }
    }

    /// Whether the service asked to be called less often.
    pub(crate) fn is_throttling(&self) -> bool {
        self.class() == Class::Throttled
    }
}

/// A failed attempt, before it is known whether another one follows.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) cause: Cause,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl Fault {
    pub(super) fn caused(cause: Cause, source: BoxError) -> Self {
        Self { cause, source: Some(source.into()) }
    }

    /// What an answer, or an entry of one, says.
    pub(super) fn refused(code: &str, status: Option<StatusCode>, message: Option<&str>) -> Self {
        let permission = message.filter(|_| is_permission(code)).map(|message| shortened(message).into());
        // A proxy, or a server that fails early, answers without a code.
        let code = if code.is_empty() { "no code" } else { code };
        Cause::Refused(Refusal { code: shortened(code).into(), status, permission }).into()
    }

    pub(super) fn class(&self) -> Class {
        self.cause.class()
    }

    pub(super) fn code(&self) -> Option<&str> {
        self.cause.code()
    }
}

impl From<Cause> for Fault {
    fn from(cause: Cause) -> Self {
        Self { cause, source: None }
    }
}

/// What a failure means for another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// It would fail again.
    Lasting,
    /// It may well succeed soon.
    Passing,
    /// It may succeed after a while.
    Throttled,
}

impl Class {
    pub(super) fn is_passing(self) -> bool {
        self != Self::Lasting
    }
}

impl Cause {
    fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => Some(&refusal.code),
            _ => None,
        }
    }

    pub(super) fn class(&self) -> Class {
        match self {
            Self::Unreachable | Self::Interrupted | Self::TimedOut => Class::Passing,
            Self::Refused(refusal) => refusal.class(),
            _ => Class::Lasting,
        }
    }
}

impl Refusal {
    fn class(&self) -> Class {
        // As AWS's SDKs have them, and those of keys that encrypt queues and topics.
        const THROTTLING: [&str; 16] = [
            "BandwidthLimitExceeded",
            "KMSThrottling",
            "KmsThrottled",
            "LimitExceededException",
            "PriorRequestNotComplete",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestThrottledException",
            "SlowDown",
            "Throttled",
            "ThrottledException",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
            "TransactionInProgressException",
        ];
        const PASSING: [&str; 8] = [
            "InternalError",
            "InternalException",
            "InternalFailure",
            "InternalServerError",
            "InternalServiceError",
            "RequestTimeout",
            "RequestTimeoutException",
            "ServiceUnavailable",
        ];
        if THROTTLING.contains(&&*self.code) || self.status == Some(StatusCode::TOO_MANY_REQUESTS) {
            Class::Throttled
        } else if PASSING.contains(&&*self.code) || self.status.is_some_and(|status| status.is_server_error()) {
            Class::Passing
        } else {
            Class::Lasting
        }
    }

    fn is_of_contents(&self) -> bool {
        let is_elsewhere = is_permission(&self.code) || is_identity(&self.code) || is_missing(&self.code);
        self.class() == Class::Lasting && self.status.is_some_and(|status| status.is_client_error()) && !is_elsewhere
    }
}

/// Whether it is a matter of who may do what: with a resource, or with the key that encrypts it
/// (`KMS.AccessDeniedException`, `KmsAccessDenied`, `KMSAccessDenied`).
fn is_permission(code: &str) -> bool {
    code.contains("AccessDenied") || matches!(code, "AuthorizationError" | "AuthorizationErrorException")
}

/// Whether it is not known who calls: credentials and signatures ("Common Errors" of each service).
fn is_identity(code: &str) -> bool {
    const CODES: [&str; 14] = [
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSecurity",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "OptInRequired",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    ];
    CODES.contains(&code)
}

/// Whether what was called is not there, or its key is not (`KMSNotFound`, `KmsDisabled`, `KmsInvalidState` …).
fn is_missing(code: &str) -> bool {
    const CODES: [&str; 6] = [
        "AWS.SimpleQueueService.NonExistentQueue",
        "InvalidAddress",
        "NotFound",
        "NotFoundException",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
    ];
    CODES.contains(&code) || code.starts_with("KMS") || code.starts_with("Kms")
}

/// As much of it as a line of a log can bear.
fn shortened(text: &str) -> &str {
    const LONGEST: usize = 600;
    text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text)
}
