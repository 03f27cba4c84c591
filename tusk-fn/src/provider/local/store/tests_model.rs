//! Random operations against a model so simple that it can be seen to be right. Now and then the store is opened anew, after a
//! drop or a loss of power: then leases vanish and nothing else.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::message::Count;
use super::tests::{at, policy};
use super::tests_open::Platter;
use super::*;

const ATTEMPTS: u32 = 2;
/// The second queue is received in order.
const QUEUES: [&str; 4] = ["plain", "ordered", "dead/plain", "dead/ordered"];

#[derive(Clone, Debug)]
enum Step {
    Enqueue { queue: usize, group: Option<u8>, deduplication: Option<u8>, delay: i64 },
    Receive { queue: usize, most: usize, visibility: u64 },
    Ack(usize),
    Fail(usize, i64),
    Reject(usize),
    Release(usize),
    SetBack(i64),
    Advance(i64),
    Purge(usize),
    Redrive(usize),
    Row { key: u8, expected: Option<bool> },
    Reopen { power_loss: bool },
}

fn step() -> impl Strategy<Value = Step> {
    let receipt = 0..12usize;
    prop_oneof![
        8 => (0..2usize, proptest::option::weighted(0.8, 0..2u8), proptest::option::weighted(0.2, 0..3u8), 0..3i64)
            .prop_map(|(queue, group, deduplication, delay)| Step::Enqueue { queue, group, deduplication, delay: delay * 4 }),
        8 => (0..4usize, 0..4usize, 1..20u64)
            .prop_map(|(queue, most, visibility)| Step::Receive { queue, most, visibility }),
        4 => receipt.clone().prop_map(Step::Ack),
        4 => (receipt.clone(), 0..10i64).prop_map(|(receipt, backoff)| Step::Fail(receipt, backoff)),
        1 => receipt.clone().prop_map(Step::Reject),
        2 => receipt.prop_map(Step::Release),
        1 => (1..8i64).prop_map(Step::SetBack),
        4 => (0..8i64).prop_map(Step::Advance),
        1 => Just(Step::Advance(301)),
        1 => (0..4usize).prop_map(Step::Purge),
        1 => (2..4usize).prop_map(Step::Redrive),
        2 => (0..2u8, any::<Option<bool>>()).prop_map(|(key, expected)| Step::Row { key, expected }),
        2 => any::<bool>().prop_map(|power_loss| Step::Reopen { power_loss }),
    ]
}

#[derive(Clone, Debug)]
struct Modelled {
    queue: usize,
    /// The queue that it died in.
    died_in: Option<usize>,
    group: Option<u8>,
    visible_at: i64,
    attempts: u32,
    /// Until when, and by the how-manieth receipt.
    lease: Option<(i64, usize)>,
}

#[derive(Debug, Default)]
struct Model {
    /// The latest time at which something was sent.
    latest: i64,
    now: i64,
    messages: BTreeMap<MessageId, Modelled>,
    duplicates: BTreeMap<(usize, u8), (MessageId, i64)>,
    rows: BTreeMap<u8, u64>,
    receipts: usize,
}

impl Model {
    fn fail(&mut self, id: MessageId, at: i64, dead: bool) -> bool {
        let now = self.now;
        let message = self.messages.get_mut(&id).unwrap();
        message.lease = None;
        let dead = dead || message.attempts + 1 >= ATTEMPTS;
        if dead && message.queue < 2 {
            (message.died_in, message.queue) = (Some(message.queue), message.queue + 2);
            (message.attempts, message.visible_at) = (0, now);
        } else {
            // Those that die once more stay in their dead-letter queue.
            (message.attempts, message.visible_at) = if dead { (0, now) } else { (message.attempts + 1, at) };
            if dead {
                message.died_in = Some(message.queue);
            }
        }
        dead
    }

    fn expire(&mut self, queue: usize) {
        let is_expired = |it: &Modelled| it.queue == queue && it.lease.is_some_and(|(until, _)| until <= self.now);
        let expired: Vec<_> = self.messages.iter().filter(|(_, it)| is_expired(it)).map(|(id, _)| *id).collect();
        for id in expired {
            self.fail(id, self.now, false);
        }
    }

    /// Whether a message waits for one before it, or for one in flight that this receive did not take.
    fn waits(&self, id: MessageId, receipt: usize) -> bool {
        let message = &self.messages[&id];
        let is_of_group = |it: &Modelled| it.queue == message.queue && it.group == message.group;
        let taken_now = |it: &Modelled| it.lease.is_some_and(|(_, by)| by >= receipt);
        message.group.is_some()
            && self.messages.iter().any(|(other, it)| {
                is_of_group(it) && !taken_now(it) && (*other < id || (it.lease.is_some() && *other != id))
            })
    }

    fn receive(&mut self, queue: usize, most: usize, visibility: u64) -> Vec<(MessageId, u32)> {
        self.expire(queue);
        let first = self.receipts;
        let mut received = Vec::new();
        let ids: Vec<_> = self.messages.keys().copied().collect();
        for id in ids {
            let waits = is_ordered(queue) && self.waits(id, first);
            let (until, receipts) = (self.now + i64::try_from(visibility).unwrap(), self.receipts);
            let message = self.messages.get_mut(&id).unwrap();
            let free = message.queue == queue && message.lease.is_none() && message.visible_at <= self.now;
            if free && !waits && received.len() < most {
                message.lease = Some((until, receipts));
                self.receipts += 1;
                received.push((id, message.attempts + 1));
            }
        }
        received
    }

    /// The message that a receipt is good for.
    fn leased(&self, receipt: usize) -> Option<MessageId> {
        self.messages.iter().find(|(_, it)| it.lease.is_some_and(|(_, by)| by == receipt)).map(|(id, _)| *id)
    }

    fn count(&self, queue: usize) -> Count {
        let mut count = Count::default();
        for message in self.messages.values().filter(|it| it.queue == queue) {
            let place = match message.lease {
                Some(_) => &mut count.in_flight,
                None if message.visible_at > self.now => &mut count.delayed,
                None => &mut count.visible,
            };
            *place += 1;
        }
        count
    }
}

fn is_ordered(queue: usize) -> bool {
    queue % 2 == 1
}

fn policy_of(queue: usize) -> Arc<Policy> {
    match queue {
        0 | 1 => policy(ATTEMPTS),
        _ => Arc::new(Policy { max_attempts: ATTEMPTS, dead_letter: Some(QUEUES[queue].into()) }),
    }
}

/// The store, what should be in it, and all receipts that were ever given out.
struct Both {
    platter: Platter,
    store: Store,
    model: Model,
    receipts: Vec<Receipt>,
}

impl Both {
    fn new() -> Self {
        let platter = Platter::default();
        let store = Store::with_backend(platter.clone()).unwrap();
        Self { platter, store, model: Model::default(), receipts: Vec::new() }
    }

    fn now(&self) -> jiff::Timestamp {
        at(self.model.now)
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::Enqueue { queue, group, deduplication, delay } => {
                self.enqueue(queue, group, deduplication, delay).await;
            }
            Step::Receive { queue, most, visibility } => self.receive(queue, most, visibility).await,
            Step::Advance(seconds) => self.model.now += seconds,
            Step::SetBack(by) => {
                self.model.now -= by;
                let now = self.model.now;
                for message in self.model.messages.values_mut().filter(|it| it.visible_at > now) {
                    message.visible_at = now.max(message.visible_at - by);
                }
                self.store.bring_forward(Duration::from_secs(by.unsigned_abs()), self.now()).await.unwrap();
            }
            Step::Purge(queue) => {
                let before = self.model.messages.len();
                self.model.messages.retain(|_, it| it.queue != queue);
                let purged = self.store.purge(QUEUES[queue]).await.unwrap();
                assert_eq!(purged, before - self.model.messages.len());
            }
            Step::Redrive(queue) => self.redrive(queue).await,
            Step::Row { key, expected } => self.row(key, expected).await,
            Step::Reopen { power_loss } => self.reopen(power_loss),
            Step::Ack(n) | Step::Fail(n, _) | Step::Reject(n) | Step::Release(n) => {
                // The newest receipts are the ones that may be good.
                if let Some(index) = self.receipts.len().checked_sub(n + 1) {
                    self.settle(index, step).await;
                }
            }
        }
    }

    async fn enqueue(&mut self, queue: usize, group: Option<u8>, deduplication: Option<u8>, delay: i64) {
        let now = self.model.now;
        let put = Put {
            group: group.map(|group| group.to_string().into()),
            deduplication: deduplication.map(|id| id.to_string()),
            visible_at: at(now + delay),
            ..Put::new(QUEUES[queue], "body", at(now))
        };
        let id = self.store.enqueue(vec![put]).await.unwrap()[0];
        let key = deduplication.map(|id| (queue, id));
        let first = key.and_then(|key| self.model.duplicates.get(&key)).filter(|(_, sent)| now - sent < 300);
        self.model.latest = self.model.latest.max(now);
        if let Some((first, sent)) = first {
            // Before the clock was set back it may have been so late that the id was forgotten, for good.
            let may_be_forgotten = self.model.latest - sent >= 300;
            if id == *first || !may_be_forgotten {
                assert_eq!(id, *first);
                return;
            }
        }
        self.model.duplicates.extend(key.map(|key| (key, (id, now))));
        let message = Modelled { queue, died_in: None, group, visible_at: now + delay, attempts: 0, lease: None };
        assert!(self.model.messages.last_key_value().is_none_or(|(last, _)| *last < id));
        self.model.messages.insert(id, message);
    }

    async fn receive(&mut self, queue: usize, most: usize, visibility: u64) {
        let policy = policy_of(queue);
        let how = Receive { most, visibility: Duration::from_secs(visibility), ordered: is_ordered(queue), policy };
        let received = self.store.receive(QUEUES[queue], &how, self.now()).await.unwrap();
        let found: Vec<_> = received.iter().map(|it| (it.message.id, it.attempt)).collect();
        assert_eq!(found, self.model.receive(queue, most, visibility));
        self.receipts.extend(received.into_iter().map(|it| it.receipt));
    }

    async fn redrive(&mut self, queue: usize) {
        let now = self.model.now;
        let mut moved = 0;
        for message in self.model.messages.values_mut().filter(|it| it.queue == queue && it.lease.is_none()) {
            if let Some(to) = message.died_in.take() {
                (message.queue, message.attempts, message.visible_at) = (to, 0, now);
                moved += 1;
            }
        }
        assert_eq!(self.store.redrive(QUEUES[queue], None, None, self.now()).await.unwrap(), moved);
    }

    async fn row(&mut self, key: u8, expected: Option<bool>) {
        let condition = match (expected, self.model.rows.get(&key)) {
            (None, _) => Condition::None,
            (Some(true), Some(version)) => Condition::VersionIs(*version),
            (Some(true), None) | (Some(false), Some(_)) => Condition::Absent,
            (Some(false), None) => Condition::VersionIs(0),
        };
        let now = self.now();
        let tell = move |_: Option<&[u8]>, _: Option<&[u8]>| vec![Put::new("told", "", now)];
        let before = self.store.count("told", now).visible;
        let written = self.store.write("t", &key.to_string(), condition, Write::Put("v".into()), tell).await;
        assert_eq!(written.is_ok(), expected != Some(false));
        self.model.rows.extend(written.ok().map(|it| (key, it.version)));
        let events = self.store.count("told", now).visible - before;
        assert_eq!(events, usize::from(expected != Some(false)));
    }

    fn reopen(&mut self, power_loss: bool) {
        let mut sector = 0;
        let lost = power_loss.then(|| {
            self.platter.after_power_loss(|| {
                sector += 1;
                sector % 2 == 0
            })
        });
        self.store = Store::in_memory().unwrap();
        self.platter = lost.unwrap_or_else(|| self.platter.clone());
        self.store = Store::with_backend(self.platter.clone()).unwrap();
        for message in self.model.messages.values_mut() {
            message.lease = None;
        }
    }

    async fn settle(&mut self, index: usize, step: Step) {
        let (receipt, now) = (&self.receipts[index], self.now());
        let leased = self.model.leased(index);
        let accepted = match step {
            Step::Ack(_) => {
                if let Some(id) = leased {
                    self.model.messages.remove(&id);
                }
                self.store.ack(vec![receipt.clone()]).await.unwrap().is_empty()
            }
            Step::Fail(_, backoff) => {
                let wait = Duration::from_secs(backoff.unsigned_abs());
                let fate = self.store.fail(receipt, "no", now, wait).await;
                let dead = leased.map(|id| self.model.fail(id, self.model.now + backoff, false));
                let wanted =
                    dead.map(|dead| if dead { Fate::Dead } else { Fate::Retry { at: at(self.model.now + backoff) } });
                assert_eq!(fate.clone().ok(), wanted);
                fate.is_ok()
            }
            Step::Reject(_) => {
                if let Some(id) = leased {
                    self.model.fail(id, 0, true);
                }
                self.store.reject(receipt, "no", now).await.is_ok()
            }
            _ => {
                if let Some(id) = leased {
                    self.model.messages.get_mut(&id).unwrap().lease = None;
                }
                self.store.release(receipt).is_ok()
            }
        };
        assert_eq!(accepted, leased.is_some());
    }

    /// Compares everything that can be seen.
    fn compare(&self) {
        for (queue, name) in QUEUES.into_iter().enumerate() {
            assert_eq!(self.store.count(name, self.now()), self.model.count(queue), "{name}");
            let peeked = self.store.peek(name, None, usize::MAX).unwrap();
            let found = peeked.iter().map(|it| (it.message.id, it.attempts, it.visible_at));
            let wanted = self.model.messages.iter().filter(|(_, it)| it.queue == queue);
            let wanted = wanted.map(|(id, it)| (*id, it.attempts, at(it.visible_at)));
            assert_eq!(found.collect::<Vec<_>>(), wanted.collect::<Vec<_>>(), "{name}");
        }
        for (key, version) in &self.model.rows {
            let row = self.store.get("t", &key.to_string()).unwrap().unwrap();
            assert_eq!(row.version, *version);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_store_does_what_the_model_does(steps in proptest::collection::vec(step(), 1..80)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let mut both = Both::new();
            for step in steps {
                both.step(step).await;
                both.compare();
            }
        });
    }
}
