//! `idempotent`: what was handled once is not handled again.
//!
//! Platforms deliver at least once. A function with `idempotent = true` claims the delivery's id before it runs, and one with
//! `idempotent = "order.id"` the value at that path of the payload. The states of a claim are those of Powertools for AWS Lambda:
//! in progress until the invocation's deadline (so that a crash does not block the item for ever), then completed until it
//! expires; a failed invocation gives its claim back. Where a platform repeats at once what failed, an invocation waits for the
//! claim of another one: else a crash would use up all attempts before its claim is free.

#[cfg(any(provider_local, platform, test))]
mod table;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tusk_fn_spec::record::Idempotent;

#[cfg(any(provider_local, platform, test))]
pub(crate) use self::table::TableStore;
use crate::dispatch::Program;
use crate::error::{BoxError, Failure, Tried};
use crate::event::value_at;
use crate::invocation::{Delivered, Input};
use crate::private::Outcome;

/// For how long what was handled is remembered: as long as queues commonly keep a message that nobody deletes, and some more.
const REMEMBERED: Duration = Duration::from_hours(24 * 5);
/// How much longer than its deadline an invocation is taken to be in progress.
const MARGIN: Duration = Duration::from_secs(1);
/// The longest key that is kept as it is, in bytes; a longer one is kept as its hash.
const LONGEST_KEY: usize = 512;

/// What an invocation claims before it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claim {
    /// What makes two deliveries the same: the function's name, and an id or a value of the payload.
    pub key: String,
    /// A hash of the payload, to find out when one key stands for two payloads.
    pub fingerprint: String,
    /// Now.
    pub now: Timestamp,
    /// Until when the invocation may be in progress; a claim that is in progress for longer has crashed, and is free.
    pub in_progress_until: Timestamp,
    /// Until when the claim is to be remembered.
    pub expires_at: Timestamp,
}

/// What a store says to a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Begun {
    /// Nobody has it: run. The number names this claim, and is given back with the end.
    Started(u64),
    /// Another invocation has it, and may still be running.
    InProgress,
    /// It was handled.
    Completed,
    /// It was handled, or is, with another payload.
    Changed,
}

/// What a method of an [`IdempotencyStore`] returns.
pub type StoreReply<'a, T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send + 'a>>;

/// Where claims are kept. Given by `App::idempotency`; without it, it is the platform's own table.
pub trait IdempotencyStore: Send + Sync + 'static {
    /// Claims. Of two that claim one key at the same time, one must be refused.
    fn begin<'a>(&'a self, claim: &'a Claim) -> StoreReply<'a, Begun>;

    /// Says that the claim was handled. A claim that another one has taken over since is left alone.
    fn complete<'a>(&'a self, claim: &'a Claim, started: u64) -> StoreReply<'a, ()>;

    /// Gives the claim back. One that another one has taken over since is left alone.
    fn release<'a>(&'a self, claim: &'a Claim, started: u64) -> StoreReply<'a, ()>;
}

/// A claim as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kept {
    fingerprint: String,
    completed: bool,
    in_progress_until: Timestamp,
    expires_at: Timestamp,
}

impl Kept {
    fn of(claim: &Claim, completed: bool) -> Self {
        Self {
            fingerprint: claim.fingerprint.clone(),
            completed,
            in_progress_until: claim.in_progress_until,
            expires_at: claim.expires_at,
        }
    }

    /// What to say to a claim of the same key; nothing where it may be taken over.
    fn answer(&self, claim: &Claim) -> Option<Begun> {
        if self.expires_at <= claim.now || (!self.completed && self.in_progress_until <= claim.now) {
            return None;
        }
        Some(if self.fingerprint != claim.fingerprint {
            Begun::Changed
        } else if self.completed {
            Begun::Completed
        } else {
            Begun::InProgress
        })
    }
}

/// Keeps claims in the process: for tests, and for what runs as one process.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    claims: Arc<Mutex<Claims>>,
}

#[derive(Debug, Default)]
struct Claims {
    kept: HashMap<String, (u64, Kept)>,
    begun: u64,
    /// How many there may be before those that expired are dropped.
    bound: usize,
}

impl MemoryStore {
    fn change<'a, T: Send + 'a>(&self, change: impl FnOnce(&mut Claims) -> T) -> StoreReply<'a, T> {
        let changed = change(&mut self.claims.lock().unwrap_or_else(PoisonError::into_inner));
        Box::pin(std::future::ready(Ok(changed)))
    }
}

impl IdempotencyStore for MemoryStore {
    fn begin<'a>(&'a self, claim: &'a Claim) -> StoreReply<'a, Begun> {
        self.change(|claims| {
            if let Some(answer) = claims.kept.get(&claim.key).and_then(|(_, kept)| kept.answer(claim)) {
                return answer;
            }
            if claims.kept.len() >= claims.bound {
                claims.kept.retain(|_, (_, kept)| kept.expires_at > claim.now);
                claims.bound = (claims.kept.len() * 2).max(1024);
            }
            claims.begun += 1;
            claims.kept.insert(claim.key.clone(), (claims.begun, Kept::of(claim, false)));
            Begun::Started(claims.begun)
        })
    }

    fn complete<'a>(&'a self, claim: &'a Claim, started: u64) -> StoreReply<'a, ()> {
        self.change(|claims| {
            if let Some((_, kept)) = claims.kept.get_mut(&claim.key).filter(|(number, _)| *number == started) {
                *kept = Kept::of(claim, true);
            }
        })
    }

    fn release<'a>(&'a self, claim: &'a Claim, started: u64) -> StoreReply<'a, ()> {
        self.change(|claims| {
            if claims.kept.get(&claim.key).is_some_and(|(number, _)| *number == started) {
                claims.kept.remove(&claim.key);
            }
        })
    }
}

/// How much of an invocation's time is kept for saying what became of it, at most; of short ones a tenth.
const RESERVE: Duration = Duration::from_secs(1);
/// How long after each other a store is asked whether a claim is free, at first and at the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Runs a function for what was delivered, unless it was handled before.
pub(crate) async fn run(program: &Arc<Program>, function: usize, mut delivered: Box<Delivered>) -> Outcome {
    let Some(how) = &program.functions()[function].record.idempotent else {
        return program.run(function, delivered).await;
    };
    if delivered.delivery.awaits_claim {
        // What waits has no more time than what does not.
        let own = now() + program.functions()[function].record.timeout();
        let deadline = &mut delivered.delivery.platform_deadline;
        *deadline = Some(deadline.map_or(own, |platform| platform.min(own)));
    }
    let end = delivered.delivery.platform_deadline;
    if let Some(deadline) = &mut delivered.delivery.platform_deadline {
        let left = deadline.saturating_duration_since(Instant::now());
        *deadline -= (left / 10).min(RESERVE);
    }
    let mut claim = match claim(program, function, how, &delivered) {
        Ok(claim) => claim,
        Err(failure) => return not_called(program, function, failure),
    };
    let store = Arc::clone(program.idempotency());
    let deadline = delivered.delivery.platform_deadline;
    let mut begun = before(deadline, store.begin(&claim)).await;
    let mut pause = FIRST_PAUSE;
    while let (Ok(Begun::InProgress), true, Some(deadline)) = (&begun, delivered.delivery.awaits_claim, deadline)
        && now() + pause < deadline
    {
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        claim.now = Timestamp::now();
        begun = before(Some(deadline), store.begin(&claim)).await;
    }
    let started = match begun {
        Ok(Begun::Started(number)) => number,
        Ok(Begun::Completed) => {
            tracing::info!(target: "tusk_fn", key = shown(how, &claim), "it was handled before, and is not handled again");
            return Outcome::Completed(Value::Null);
        }
        Ok(Begun::InProgress) => {
            let message = format!("another invocation is handling `{}`", shown(how, &claim));
            tracing::info!(target: "tusk_fn", "{message}");
            return Outcome::Failed(Failure::new("InProgress", message).with_tried(Tried::Elsewhere));
        }
        Ok(Begun::Changed) => {
            let message = format!("`{}` was delivered before with another payload", shown(how, &claim));
            return not_called(program, function, Failure::new("PayloadChanged", message).rejecting());
        }
        Err(error) => return not_called(program, function, Failure::of(error)),
    };
    let outcome = program.run(function, delivered).await;
    let kept = match &outcome {
        Outcome::Failed(_) => before(end, store.release(&claim, started)).await,
        Outcome::Completed(_) | Outcome::Reported(_) | Outcome::Response(_) | Outcome::Replied(_) => {
            before(end, store.complete(&claim, started)).await
        }
    };
    if let Err(error) = kept {
        let error = Failure::of(error);
        let key = shown(how, &claim);
        tracing::error!(target: "tusk_fn", key, %error, "what became of an invocation could not be kept");
    }
    outcome
}

/// The time as timers have it.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// The failure of what a function was not called for. Nobody else says so, and a platform may keep no reason.
fn not_called(program: &Program, function: usize, failure: Failure) -> Outcome {
    let name = &program.functions()[function].record.name;
    tracing::error!(target: "tusk_fn", function = name, error = %failure, "the function was not called");
    Outcome::Failed(failure)
}

/// What the store says, if it says so in time: what else was delivered with this must not wait for a store that hangs.
async fn before<T>(deadline: Option<Instant>, reply: StoreReply<'_, T>) -> Result<T, BoxError> {
    match deadline {
        None => reply.await,
        Some(deadline) => match tokio::time::timeout_at(deadline.into(), reply).await {
            Ok(reply) => reply,
            Err(_) => Err("the store of what was handled did not answer before the deadline".into()),
        },
    }
}

/// The key for logs and errors. A value of the payload is nobody's business: of such a key they have a hash.
fn shown(how: &Idempotent, claim: &Claim) -> String {
    match (how, claim.key.split_once('#')) {
        (Idempotent::Payload(path), Some((function, value))) => {
            format!("{function}#{}={}", path.join("."), &sha256(value.as_bytes())[..16])
        }
        _ => claim.key.clone(),
    }
}

fn claim(program: &Program, function: usize, how: &Idempotent, delivered: &Delivered) -> Result<Claim, Failure> {
    let function = &program.functions()[function];
    let name = &function.record.name;
    let body = match &delivered.input {
        Input::Item(item) => item.body(),
        _ => bytes::Bytes::new(),
    };
    let id = match how {
        Idempotent::Delivery => delivered.delivery.id.clone().ok_or_else(|| {
            Failure::new(
                "NoDeliveryId",
                "the platform gave no id that `idempotent = true` could tell deliveries apart by",
            )
        })?,
        Idempotent::Payload(path) => value_at(&body, path).ok_or_else(|| {
            let message = format!("the payload has nothing at `{}`, which `idempotent` names", path.join("."));
            Failure::new("NoIdempotencyKey", message).rejecting()
        })?,
    };
    let id = if id.len() > LONGEST_KEY { sha256(id.as_bytes()) } else { id };
    let now = Timestamp::now();
    let after = |duration: Duration| now.checked_add(duration).unwrap_or(Timestamp::MAX);
    Ok(Claim {
        key: format!("{name}#{id}"),
        fingerprint: sha256(&body),
        now,
        in_progress_until: after(function.record.timeout().saturating_add(MARGIN)),
        expires_at: after(REMEMBERED),
    })
}

/// SHA-256 in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut out, byte| {
        // Writing to a string does not fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;
    use crate::testing::Outbox;

    fn stores() -> Vec<Box<dyn IdempotencyStore>> {
        vec![Box::new(MemoryStore::default()), Box::new(TableStore::new(Arc::new(Outbox::new())))]
    }

    fn claim_at(second: i64, payload: &str) -> Claim {
        let at = |second| Timestamp::from_second(second).unwrap();
        Claim {
            key: "fulfil#7".to_owned(),
            fingerprint: sha256(payload.as_bytes()),
            now: at(second),
            in_progress_until: at(second + 30),
            expires_at: at(second + 3600),
        }
    }

    async fn started(store: &dyn IdempotencyStore, claim: &Claim) -> u64 {
        match store.begin(claim).await.unwrap() {
            Begun::Started(number) => number,
            other => panic!("it was not started: {other:?}"),
        }
    }

    #[tokio::test]
    async fn what_is_in_progress_or_completed_is_not_started_again() {
        for store in stores() {
            let claim = claim_at(0, "a");
            let number = started(&*store, &claim).await;
            assert_eq!(store.begin(&claim_at(1, "a")).await.unwrap(), Begun::InProgress);
            store.complete(&claim, number).await.unwrap();
            assert_eq!(store.begin(&claim_at(2, "a")).await.unwrap(), Begun::Completed);
        }
    }

    #[tokio::test]
    async fn a_crash_frees_the_claim_after_the_deadline() {
        for store in stores() {
            let crashed = claim_at(0, "a");
            let number = started(&*store, &crashed).await;
            assert_eq!(store.begin(&claim_at(29, "a")).await.unwrap(), Begun::InProgress);
            let second = started(&*store, &claim_at(31, "a")).await;
            // The first one was not dead after all: it does not end what the second one began.
            store.complete(&crashed, number).await.unwrap();
            assert_eq!(store.begin(&claim_at(32, "a")).await.unwrap(), Begun::InProgress);
            store.release(&crashed, number).await.unwrap();
            assert_eq!(store.begin(&claim_at(32, "a")).await.unwrap(), Begun::InProgress);
            store.release(&claim_at(31, "a"), second).await.unwrap();
            started(&*store, &claim_at(33, "a")).await;
        }
    }

    #[tokio::test]
    async fn a_completed_claim_expires() {
        for store in stores() {
            let claim = claim_at(0, "a");
            let number = started(&*store, &claim).await;
            store.complete(&claim, number).await.unwrap();
            assert_eq!(store.begin(&claim_at(3599, "a")).await.unwrap(), Begun::Completed);
            started(&*store, &claim_at(3600, "a")).await;
        }
    }

    #[tokio::test]
    async fn another_payload_under_one_key_is_found_out() {
        for store in stores() {
            let claim = claim_at(0, "a");
            let number = started(&*store, &claim).await;
            assert_eq!(store.begin(&claim_at(1, "b")).await.unwrap(), Begun::Changed);
            store.complete(&claim, number).await.unwrap();
            assert_eq!(store.begin(&claim_at(2, "b")).await.unwrap(), Begun::Changed);
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_many_at_the_same_time_one_is_started() {
        for store in stores() {
            let store: Arc<dyn IdempotencyStore> = store.into();
            let mut claims = tokio::task::JoinSet::new();
            for _ in 0..64 {
                let store = Arc::clone(&store);
                claims.spawn(async move { store.begin(&claim_at(0, "a")).await.unwrap() });
            }
            let begun = claims.join_all().await;
            assert_eq!(begun.iter().filter(|begun| matches!(begun, Begun::Started(_))).count(), 1);
            assert!(begun.iter().all(|begun| matches!(begun, Begun::Started(_) | Begun::InProgress)));
        }
    }

    /// A store of which some methods never answer.
    #[derive(Clone, Copy)]
    struct Hanging {
        begins: bool,
    }

    impl IdempotencyStore for Hanging {
        fn begin<'a>(&'a self, _: &'a Claim) -> StoreReply<'a, Begun> {
            if self.begins { Box::pin(async { Ok(Begun::Started(1)) }) } else { Box::pin(std::future::pending()) }
        }

        fn complete<'a>(&'a self, _: &'a Claim, _: u64) -> StoreReply<'a, ()> {
            Box::pin(std::future::pending())
        }

        fn release<'a>(&'a self, _: &'a Claim, _: u64) -> StoreReply<'a, ()> {
            Box::pin(std::future::pending())
        }
    }

    fn program(handler: crate::private::HandlerFn, store: impl IdempotencyStore) -> Arc<Program> {
        let record = serde_json::json!({
            "v": 1, "name": "fulfil", "idempotent": "delivery", "trigger": {"kind": "queue", "queue": "orders"},
            "source": {"package": "shop", "module": "shop", "function": "fulfil", "file": "lib.rs", "line": 1},
        });
        let record = tusk_fn_spec::record::FunctionRecord::from_json(record.to_string().as_bytes()).unwrap();
        let function = crate::dispatch::Function::new(record, handler, &crate::private::Requirements::default());
        let program = Program::new(crate::provider::Provider::Local, vec![function], crate::state::States::default());
        Arc::new(program.with_idempotency(Arc::new(store)))
    }

    /// A store in which another invocation has the claim for a while.
    struct Taken {
        asked: std::sync::atomic::AtomicU32,
        /// What is said then.
        then: Begun,
    }

    impl IdempotencyStore for Taken {
        fn begin<'a>(&'a self, _: &'a Claim) -> StoreReply<'a, Begun> {
            let asked = self.asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let begun = if asked < 5 { Begun::InProgress } else { self.then };
            Box::pin(std::future::ready(Ok(begun)))
        }

        fn complete<'a>(&'a self, _: &'a Claim, _: u64) -> StoreReply<'a, ()> {
            Box::pin(std::future::ready(Ok(())))
        }

        fn release<'a>(&'a self, _: &'a Claim, _: u64) -> StoreReply<'a, ()> {
            Box::pin(std::future::ready(Ok(())))
        }
    }

    async fn delivered(program: &Arc<Program>, awaits_claim: bool) -> Outcome {
        let mut delivery = crate::context::Delivery::local();
        (delivery.id, delivery.awaits_claim) = (Some("7".to_owned()), awaits_claim);
        let input = Input::Item(crate::event::Item::Message(crate::event::MessageItem::default()));
        run(program, 0, Box::new(Delivered { input, delivery })).await
    }

    #[tokio::test]
    async fn the_claim_of_another_invocation_is_waited_for_where_it_would_be_tried_at_once() {
        use crate::private::{HandlerFn, boxed};
        let done: HandlerFn = |_| boxed(async { Ok(Outcome::Completed("ran".into())) });
        let taken = |then| program(done, Taken { asked: 0.into(), then });
        let value = |outcome| match outcome {
            Outcome::Completed(value) => Ok(value),
            Outcome::Failed(failure) => Err(failure.kind().to_owned()),
            _ => panic!("another outcome"),
        };
        assert_eq!(value(delivered(&taken(Begun::Started(1)), true).await), Ok("ran".into()));
        assert_eq!(value(delivered(&taken(Begun::Completed), true).await), Ok(Value::Null));
        assert_eq!(value(delivered(&taken(Begun::Started(1)), false).await), Err("InProgress".to_owned()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_claim_is_waited_for_no_longer_than_the_function_may_run() {
        use crate::private::{HandlerFn, boxed};
        let done: HandlerFn = |_| boxed(async { Ok(Outcome::Completed(Value::Null)) });
        let program = program(done, Taken { asked: 0.into(), then: Begun::InProgress });
        let started = tokio::time::Instant::now();
        let Outcome::Failed(failure) = delivered(&program, true).await else { panic!("nobody gave the claim back") };
        assert_eq!(failure.kind(), "InProgress");
        let limit = program.functions()[0].record.timeout();
        assert!((limit / 2..=limit).contains(&started.elapsed()), "{:?}", started.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_hangs_does_not_outlast_the_deadline() {
        use crate::private::{HandlerFn, boxed};
        let done: HandlerFn = |_| boxed(async { Ok(Outcome::Completed(Value::Null)) });
        let hangs: HandlerFn = |_| boxed(std::future::pending());
        for (handler, begins, ends_well) in [(done, false, false), (done, true, true), (hangs, true, false)] {
            let program = program(handler, Hanging { begins });
            let mut delivery = crate::context::Delivery::local();
            delivery.id = Some("7".to_owned());
            let limit = Duration::from_secs(5);
            let started = tokio::time::Instant::now();
            delivery.platform_deadline = Some((started + limit).into_std());
            let input = Input::Item(crate::event::Item::Message(crate::event::MessageItem::default()));
            let outcome = run(&program, 0, Box::new(Delivered { input, delivery })).await;
            assert!(started.elapsed() <= limit, "{:?}", started.elapsed());
            assert_eq!(matches!(outcome, Outcome::Completed(_)), ends_well);
        }
    }
}
