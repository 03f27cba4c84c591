//! Hands the messages of a function's queue to the function.
//!
//! One task for each function receives, and as many others as the function's `concurrency` allows handle. What fails comes again
//! after a while that doubles with each attempt; what is held up by an earlier message of its group goes back uncounted.
//!
//! A message is in flight for as long as it is handled, whatever the clock shows: who receives, and who would take it over,
//! are one process, and a restart makes everything visible again.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use super::super::store::{self, Receipt, Receive, Received, Store, StoreError};
use super::routes::{policy_of, queue_of};
use super::{EventWire, LocalCloud, folders, wire};
use crate::context::Delivery;
use crate::delivery::{Arrival, Fate, Order, deliver};
use crate::dispatch::Program;
use crate::error::{Failure, Tried};
use crate::event::EventItem;
use crate::private::Intake;
use crate::provider::variable;

/// The variable that makes the local cloud deliver everything twice and out of order, as real ones may.
const PARANOID_VARIABLE: &str = "TUSK_FN_PARANOID";
/// How many messages come at once then, at least, so that there is an order to be out of.
const PARANOID_BATCH: usize = 10;
/// How long a message that failed once waits; it doubles with each attempt, up to the longest.
const SHORTEST_BACKOFF: Duration = Duration::from_millis(250);
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);
/// How long a message waits, uncounted, that another invocation has claimed, which may have died.
const CLAIMED_BACKOFF: Duration = Duration::from_secs(1);
/// How long to wait after the store failed.
const PAUSE: Duration = Duration::from_secs(1);

/// Delivers until `stopped` says so, and then waits for what is being handled.
pub(in crate::provider::local) async fn run(
    program: Arc<Program>,
    cloud: Arc<LocalCloud>,
    stopped: watch::Receiver<bool>,
) {
    let mut tasks = JoinSet::new();
    for (index, function) in program.functions().iter().enumerate() {
        if function.intake == Intake::Native {
            tracing::warn!(target: "tusk_fn", function = function.record.name, "takes a provider's own event, which the local cloud does not make");
            continue;
        }
        let Some(queue) = queue_of(&function.record) else { continue };
        let consumer = Consumer::new(Arc::clone(&program), Arc::clone(&cloud), index, queue);
        tasks.spawn(consumer.run(stopped.clone()));
    }
    tasks.spawn(folders::watch(cloud, stopped));
    while tasks.join_next().await.is_some() {}
}

/// What receives for one function.
struct Consumer {
    program: Arc<Program>,
    cloud: Arc<LocalCloud>,
    function: usize,
    queue: Arc<str>,
    how: Receive,
    order: Order,
    /// How many batches are handled at the same time.
    batches: usize,
    paranoid: bool,
}

impl Consumer {
    fn new(program: Arc<Program>, cloud: Arc<LocalCloud>, index: usize, queue: Arc<str>) -> Self {
        let function = &program.functions()[index];
        let record = &function.record;
        let order = order_of(&record.trigger);
        let paranoid = variable(PARANOID_VARIABLE).is_some_and(|value| !matches!(value.as_str(), "" | "0"));
        let (batch, concurrency) = sizes(&record.trigger);
        let (most, batches) = match (function.intake, order) {
            (Intake::Single, Order::Any) if paranoid => (batch.max(PARANOID_BATCH), 1),
            // One by one, nothing waits for the slowest of a batch, and of a group the store gives the next one only when
            // the one before it is settled.
            (Intake::Single, Order::Any | Order::Groups) => (1, concurrency),
            _ => (batch, 1),
        };
        let how = Receive {
            most,
            visibility: Duration::MAX,
            ordered: order != Order::Any,
            policy: Arc::new(policy_of(record)),
        };
        Self { function: index, queue, how, order, batches, paranoid, program, cloud }
    }

    async fn run(self, mut stopped: watch::Receiver<bool>) {
        let consumer = Arc::new(self);
        let slots = Arc::new(Semaphore::new(consumer.batches));
        let mut running = JoinSet::new();
        loop {
            let slot = tokio::select! {
                slot = Arc::clone(&slots).acquire_owned() => slot,
                _ = stopped.wait_for(|stopped| *stopped) => break,
            };
            let Ok(slot) = slot else { break };
            let received = tokio::select! {
                received = consumer.receive() => received,
                _ = stopped.wait_for(|stopped| *stopped) => break,
            };
            let consumer = Arc::clone(&consumer);
            running.spawn(async move {
                let held = Held::new(&consumer.cloud.store, &received);
                let fates = consumer.handle(received).await;
                consumer.settle_all(fates).await;
                drop((held, slot));
            });
            while running.try_join_next().is_some() {}
        }
        while running.join_next().await.is_some() {}
    }

    /// Waits for messages.
    async fn receive(&self) -> Vec<Received> {
        loop {
            match self.cloud.store.receive(&self.queue, &self.how, self.cloud.clock.now()).await {
                Ok(received) if !received.is_empty() => return received,
                Ok(_) => self.cloud.store.wait(&self.queue, self.cloud.clock.now()).await,
                Err(error) => {
                    tracing::error!(target: "tusk_fn", queue = &*self.queue, %error, "the local cloud cannot receive");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    fn record(&self) -> &FunctionRecord {
        &self.program.functions()[self.function].record
    }

    /// Calls the function, and says what became of each message.
    async fn handle(&self, mut received: Vec<Received>) -> Vec<Settlement> {
        if self.paranoid && self.order == Order::Any {
            received.reverse();
        }
        let mut settlements = Vec::with_capacity(received.len());
        let mut receipts = Vec::with_capacity(received.len());
        let mut arrivals = Vec::with_capacity(received.len());
        for Received { message, receipt, attempt } in received {
            match wire::item(self.record(), &message) {
                Ok(item) => {
                    let mut delivery = Delivery::local();
                    delivery.id = Some(message.id.to_string());
                    delivery.attempt = attempt;
                    arrivals.push(Arrival { item, delivery });
                    receipts.push((receipt, attempt));
                }
                Err(failure) => settlements.push(Settlement { receipt, attempt, fate: Fate::Reject(failure) }),
            }
        }
        if self.paranoid {
            let again = arrivals.iter().map(Arrival::again).collect();
            deliver(&self.program, self.function, again, self.order, None).await;
        }
        let fates = deliver(&self.program, self.function, arrivals, self.order, None).await;
        let settled = receipts.into_iter().zip(fates);
        settlements.extend(settled.map(|((receipt, attempt), fate)| Settlement { receipt, attempt, fate }));
        settlements
    }

    /// Keeps what became of messages. What cannot be kept is delivered again after a restart.
    async fn settle_all(&self, settlements: Vec<Settlement>) {
        let (done, failed): (Vec<_>, Vec<_>) = settlements.into_iter().partition(|it| it.fate == Fate::Done);
        let receipts = done.into_iter().map(|it| it.receipt).collect();
        let acknowledged = async { self.report(self.cloud.store.ack(receipts).await.map(drop)) };
        let settled = join_all(failed.iter().map(|it| async { self.report(self.settle(it).await) }));
        tokio::join!(acknowledged, settled);
    }

    fn report(&self, settled: Result<(), StoreError>) {
        if let Err(error) = settled {
            tracing::error!(target: "tusk_fn", queue = &*self.queue, %error, "what became of a message could not be kept");
        }
    }

    async fn settle(&self, settlement: &Settlement) -> Result<(), StoreError> {
        let Settlement { receipt, attempt, fate } = settlement;
        let (store, now) = (&self.cloud.store, self.cloud.clock.now());
        match fate {
            Fate::Done => store.ack(vec![receipt.clone()]).await.map(drop),
            Fate::Replied(event) => match self.reply(event).await {
                Ok(()) => store.ack(vec![receipt.clone()]).await.map(drop),
                Err(failure) => self.fail(receipt, &failure, *attempt).await,
            },
            Fate::Retry(failure) if failure.tried() == Tried::Elsewhere => {
                store.postpone(receipt, CLAIMED_BACKOFF, now)
            }
            Fate::Retry(failure) if failure.tried() == Tried::Not => store.release(receipt),
            Fate::Retry(failure) => self.fail(receipt, failure, *attempt).await,
            Fate::Reject(failure) => {
                store.reject(receipt, &failure.to_string(), now).await?;
                self.say_dead(failure, *attempt);
                Ok(())
            }
        }
    }

    async fn fail(&self, receipt: &Receipt, failure: &Failure, attempt: u32) -> Result<(), StoreError> {
        let (store, now) = (&self.cloud.store, self.cloud.clock.now());
        let fate = store.fail(receipt, &failure.to_string(), now, backoff(attempt)).await?;
        if fate == store::Fate::Dead {
            self.say_dead(failure, attempt);
        }
        Ok(())
    }

    /// Lets the event happen that the function answered with, as a broker does.
    async fn reply(&self, event: &EventItem) -> Result<(), Failure> {
        let failed = |why: String| {
            let failure = Failure::new("UnfitReply", why);
            tracing::error!(target: "tusk_fn", function = self.record().name, error = %failure, "a reply could not be kept");
            failure
        };
        let event = EventWire::of(event).map_err(failed)?;
        self.cloud.emit(event).await.map(drop).map_err(|error| failed(error.to_string()))
    }

    fn say_dead(&self, failure: &Failure, attempt: u32) {
        let function = &self.record().name;
        tracing::error!(target: "tusk_fn", function, attempt, error = %failure, "a message was dead-lettered");
    }
}

/// What became of a message, to be kept.
struct Settlement {
    receipt: Receipt,
    attempt: u32,
    fate: Fate,
}

/// Messages in flight. Those that nobody settles, since the task that handles them broke off, are given back.
struct Held {
    store: Store,
    receipts: Vec<Receipt>,
}

impl Held {
    fn new(store: &Store, received: &[Received]) -> Self {
        Self { store: store.clone(), receipts: received.iter().map(|it| it.receipt.clone()).collect() }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        for receipt in &self.receipts {
            // A receipt that was settled is stale.
            let _ = self.store.release(receipt);
        }
    }
}

fn backoff(attempt: u32) -> Duration {
    SHORTEST_BACKOFF.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(LONGEST_BACKOFF)
}

fn order_of(trigger: &Trigger) -> Order {
    match trigger {
        Trigger::Queue(queue) if queue.ordered => Order::Groups,
        Trigger::Database(_) | Trigger::Stream(_) => Order::All,
        Trigger::Http(_)
        | Trigger::Timer(_)
        | Trigger::Blob(_)
        | Trigger::Queue(_)
        | Trigger::Topic(_)
        | Trigger::Event(_) => Order::Any,
    }
}

/// How many messages come at once, and how many are handled at the same time.
fn sizes(trigger: &Trigger) -> (usize, usize) {
    let (batch, concurrency) = match trigger {
        Trigger::Queue(queue) => (queue.delivery.batch_size, queue.delivery.concurrency),
        Trigger::Topic(topic) => (topic.delivery.batch_size, topic.delivery.concurrency),
        Trigger::Database(database) => (database.batch_size, 1),
        Trigger::Stream(stream) => (stream.batch_size, 1),
        // A platform runs a process for each at the same time.
        Trigger::Blob(_) | Trigger::Event(_) => (1, 10),
        Trigger::Http(_) | Trigger::Timer(_) => (1, 1),
    };
    (usize::try_from(batch).unwrap_or(1), usize::try_from(concurrency).unwrap_or(1))
}
