//! What functions send, store and read: the clients that arguments such as `#[queue("orders")] orders: Sender<Order>` are.
//!
//! A client says what is to be done, in types; a [`Cloud`] does it: the local cloud, a provider's, or a test's outbox. A client may do
//! what its argument's attribute says and nothing else, everywhere, so that what works locally is not refused when deployed.

#[cfg(feature = "blob-store")]
mod bucket;
mod cloud;
mod fit;
mod secret;
mod sender;
mod table;

use std::fmt;
use std::sync::Arc;

use tusk_fn_spec::output::{Access, Output, OutputKind};

use crate::error::Reject;

#[cfg(feature = "blob-store")]
pub use self::bucket::Bucket;
#[cfg(feature = "blob-store")]
pub(crate) use self::bucket::{BucketName, path, read_stream, read_whole};
pub(crate) use self::cloud::{Cloud, Condition, Nowhere, Parcel, Reply};
#[cfg(provider_aws)]
pub(crate) use self::fit::is_of_xml;
pub use self::secret::{FromSecret, Secret};
pub use self::sender::{Encode, Outgoing, SendAllError, Sender};
pub(crate) use self::table::KEY;
#[cfg(any(
    all(provider_aws, feature = "aws-clients"),
    all(provider_azure, feature = "azure-clients"),
    all(provider_google, feature = "google-clients")
))]
pub(crate) use self::table::VERSION;
pub use self::table::{Stored, Table};

/// Why something could not be sent, stored or read.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{output}: {kind}")]
pub struct OutputError {
    /// What it was to be done with, such as `queue orders`.
    pub output: String,
    /// Why it could not be done.
    pub kind: OutputErrorKind,
    /// Why it never can be done, if it is so of what was delivered: then it is not delivered again.
    #[source]
    rejects: Option<Reject>,
}

/// Why something could not be sent, stored or read.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutputErrorKind {
    /// The argument's attribute does not allow it.
    #[error("the argument's attribute does not allow {0}; change its `access`")]
    NotAllowed(&'static str),
    /// The program was not told where it is.
    #[error("this process was not told where it is: {0}")]
    Unknown(String),
    /// It is not there.
    #[error("{0}")]
    NotFound(String),
    /// It cannot be written as its place demands.
    #[error("{0}")]
    Unfit(String),
    /// A condition of a write does not hold: another one was faster.
    #[error("the item is not as the condition demands")]
    ConditionFailed,
    /// It was not sent, so that the order of its group stays: an earlier message of the group failed.
    #[error("it was not sent, since an earlier message of its group failed")]
    NotSent,
    /// The platform asked again and again to wait.
    #[error("the platform is too busy: {0}")]
    Throttled(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl OutputError {
    pub(crate) fn new(output: impl fmt::Display, kind: OutputErrorKind) -> Self {
        Self { output: output.to_string(), kind, rejects: None }
    }

    /// The same, for good: what was delivered would fail again.
    #[cfg(feature = "blob-store")]
    pub(crate) fn rejecting(self) -> Self {
        Self { rejects: Some(Reject::new(self.kind.to_string())), ..self }
    }

    /// Whether a condition of a write did not hold.
    pub fn is_condition_failed(&self) -> bool {
        matches!(self.kind, OutputErrorKind::ConditionFailed)
    }
}

/// A resource as one function may use it.
#[derive(Clone)]
pub struct Link {
    pub(crate) cloud: Arc<dyn Cloud>,
    pub(crate) output: Output,
    /// The function, which is the source of the events that it sends.
    pub(crate) function: Arc<str>,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.output)
    }
}

impl Link {
    pub(crate) fn new(
        cloud: Arc<dyn Cloud>,
        function: Arc<str>,
        kind: OutputKind,
        name: &str,
        (reads, writes): (bool, bool),
    ) -> Self {
        let access = match (reads, writes) {
            (true, false) => Access::Read,
            (false, true) => Access::Write,
            _ => Access::All,
        };
        Self { cloud, output: Output { kind, name: name.to_owned(), access }, function }
    }

    fn error(&self, kind: OutputErrorKind) -> OutputError {
        OutputError::new(&self.output, kind)
    }

    fn must_read(&self) -> Result<(), OutputError> {
        if self.output.access.reads() { Ok(()) } else { Err(self.error(OutputErrorKind::NotAllowed("reading"))) }
    }

    fn must_write(&self) -> Result<(), OutputError> {
        if self.output.access.writes() { Ok(()) } else { Err(self.error(OutputErrorKind::NotAllowed("writing"))) }
    }
}
