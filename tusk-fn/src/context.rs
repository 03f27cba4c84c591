//! What an invocation is told of itself.

use std::fmt;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant, SystemTime};

use crate::provider::Provider;
#[cfg(provider_azure)]
use crate::telemetry::KeptLines;

/// What an invocation is told of itself. Any function may take it as an argument.
#[derive(Clone, Debug)]
pub struct Context {
    pub(crate) function: Arc<str>,
    pub(crate) provider: Provider,
    pub(crate) delivery: Delivery,
    pub(crate) deadline: Instant,
    pub(crate) cold_start: bool,
}

impl Context {
    /// The name of the function.
    pub fn function(&self) -> &str {
        &self.function
    }

    /// Where the program runs.
    pub fn provider(&self) -> Provider {
        self.provider
    }

    /// The identifier of this invocation: the platform's own, where it has one.
    pub fn invocation_id(&self) -> String {
        self.delivery.invocation.to_string()
    }

    /// The identifier of what is delivered, equal for each attempt to deliver it: the key for idempotency.
    ///
    /// For a timer it is the function's name and the scheduled instant. An HTTP request is delivered once, so that it is
    /// the same as [`Context::invocation_id`].
    pub fn delivery_id(&self) -> String {
        self.delivery.id.clone().unwrap_or_else(|| self.invocation_id())
    }

    /// Which attempt this is, counted from 1. It is 1 where the platform does not say.
    pub fn attempt(&self) -> u32 {
        self.delivery.attempt
    }

    /// When the runtime gives up the invocation.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// How long the invocation may still take.
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// The trace that the invocation belongs to, as the platform writes it: a `traceparent` header, or AWS X-Ray's.
    pub fn trace(&self) -> Option<&str> {
        match &self.delivery.trace {
            Trace::Given(trace) => trace.as_deref(),
            Trace::InHead => None,
        }
    }

    /// Whether this is the first invocation of the process.
    pub fn cold_start(&self) -> bool {
        self.cold_start
    }
}

/// What a provider says of one delivery.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) invocation: InvocationId,
    pub(crate) id: Option<String>,
    pub(crate) attempt: u32,
    /// Whether the platform gives it up after this attempt, and the program can dead-letter it before.
    pub(crate) last_attempt: bool,
    pub(crate) trace: Trace,
    /// When the platform will give up, if it says so.
    pub(crate) platform_deadline: Option<Instant>,
    /// Whether a claim of another invocation is waited for: where the platform tries again soon, and counts that, all attempts
    /// would be gone before the claim of an invocation that crashed is free.
    pub(crate) awaits_claim: bool,
    /// Where its log lines are kept for the reply, if the platform wants them there.
    #[cfg(provider_azure)]
    pub(crate) lines: Option<Arc<KeptLines>>,
}

impl Delivery {
    /// A delivery of this process's own.
    pub(crate) fn local() -> Self {
        Self {
            invocation: InvocationId::next(),
            id: None,
            attempt: 1,
            last_attempt: false,
            trace: Trace::Given(None),
            platform_deadline: None,
            awaits_claim: false,
            #[cfg(provider_azure)]
            lines: None,
        }
    }
}

/// The trace that an invocation belongs to.
#[derive(Clone, Debug)]
pub(crate) enum Trace {
    /// As the platform gives it, if it does.
    Given(Option<String>),
    /// In the request's head, which is searched only when somebody asks.
    #[cfg_attr(not(http_server), expect(dead_code, reason = "only a server leaves it there"))]
    InHead,
}

/// The identifier of an invocation; written out only when somebody asks for it.
#[derive(Clone, Debug)]
pub(crate) enum InvocationId {
    /// Given by the platform.
    #[cfg_attr(not(any(provider_aws, provider_azure)), expect(dead_code, reason = "only AWS and Azure give one"))]
    Platform(Arc<str>),
    /// Made here: the process and a number.
    Local(u64),
}

impl InvocationId {
    fn next() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        Self::Local(NUMBER.fetch_add(1, Relaxed))
    }
}

impl fmt::Display for InvocationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Platform(id) => f.write_str(id),
            Self::Local(number) => write!(f, "{:08x}-{number:08x}", process_start()),
        }
    }
}

/// The second in which the process began to count, to tell its invocations from those of another run.
fn process_start() -> u64 {
    static START: OnceLock<u64> = OnceLock::new();
    *START
        .get_or_init(|| SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs()))
}
