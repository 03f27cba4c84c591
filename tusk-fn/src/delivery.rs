//! Delivers what came together: to a function that takes one item in as many calls, to one that takes a batch in one.
//!
//! The same for every provider; a provider decodes what its platform sends, and replies what became of each item.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::task::JoinSet;
use tusk_fn_spec::trigger::Trigger;

use crate::context::Delivery;
use crate::dispatch::Program;
use crate::error::{Failure, Tried};
use crate::event::{EventItem, Item};
use crate::idempotency;
use crate::invocation::{BatchInput, Delivered, Input};
use crate::private::{Intake, Outcome};
#[cfg(any(provider_azure, provider_google, provider_knative))]
use crate::timer::Timer;

/// An item on its way to a function, and what the provider says of its delivery.
pub(crate) struct Arrival {
    pub(crate) item: Item,
    pub(crate) delivery: Delivery,
}

impl Arrival {
    /// The same once more.
    #[cfg(provider_local)]
    pub(crate) fn again(&self) -> Self {
        Self { item: self.item.clone(), delivery: self.delivery.clone() }
    }
}

/// What became of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It was handled.
    Done,
    /// It was handled, and answered with an event. Only a platform that takes replies is given one.
    Replied(Box<EventItem>),
    /// It is to be delivered again.
    Retry(Failure),
    /// It is to be dead-lettered, and not delivered again.
    Reject(Failure),
}

impl Fate {
    fn of(failure: Failure) -> Self {
        if failure.is_rejection() { Self::Reject(failure) } else { Self::Retry(failure) }
    }

    /// The fate of what has no further attempt: it is dead-lettered with its reason, and holds up nothing. What the function was
    /// not called for is left to the platform.
    fn at_last(self, last_attempt: bool) -> Self {
        match self {
            Self::Retry(failure) if last_attempt && failure.tried() == Tried::Here => Self::Reject(failure),
            other => other,
        }
    }
}

/// Why an item was not tried.
const HELD_UP: &str = "an earlier item, which it must not overtake, is to be delivered again";

/// The fate of an item that the function was not called for.
fn untried(kind: &str, why: &str) -> Fate {
    Fate::Retry(Failure::new(kind, why).with_tried(Tried::Not))
}

/// What must not overtake what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(any(http_server, provider_aws)), expect(dead_code, reason = "only providers know an order"))]
pub(crate) enum Order {
    /// Nothing.
    Any,
    /// Items of one group, as in an ordered queue.
    Groups,
    /// Everything, as in a shard of a stream.
    #[cfg_attr(
        not(any(provider_local, provider_aws)),
        allow(dead_code, reason = "not every platform has such streams")
    )]
    All,
}

/// Delivers items to a function, and says what became of each, in their order.
///
/// At the deadline, if there is one, what has not ended is to be delivered again. In order, what comes after an item that is to
/// be delivered again is too, without having been tried.
pub(crate) async fn deliver(
    program: &Arc<Program>,
    function: usize,
    arrivals: Vec<Arrival>,
    order: Order,
    deadline: Option<Instant>,
) -> Vec<Fate> {
    match program.functions()[function].intake {
        Intake::Batch => deliver_together(program, function, arrivals, order).await,
        Intake::Single | Intake::Native => deliver_each(program, function, arrivals, order, deadline).await,
    }
}

async fn deliver_each(
    program: &Arc<Program>,
    function: usize,
    arrivals: Vec<Arrival>,
    order: Order,
    deadline: Option<Instant>,
) -> Vec<Fate> {
    let mut fates = vec![untried("NotRun", "the item was not handled"); arrivals.len()];
    let concurrency = concurrency(&program.functions()[function].record.trigger);
    let mut lanes = lanes(arrivals, order).into_iter();
    let mut running = JoinSet::new();
    loop {
        while running.len() < concurrency
            && let Some(lane) = lanes.next()
        {
            running.spawn(run_lane(Arc::clone(program), function, lane, deadline));
        }
        match running.join_next().await {
            Some(Ok(ended)) => ended.into_iter().for_each(|(position, fate)| fates[position] = fate),
            // A lane's panic would be the runtime's own: its items are delivered again.
            Some(Err(error)) => tracing::error!(target: "tusk_fn", %error, "a delivery broke off"),
            None => return fates,
        }
    }
}

/// Items that are handled one after the other, each with its position among what came.
type Lane = Vec<(usize, Arrival)>;

fn lanes(arrivals: Vec<Arrival>, order: Order) -> Vec<Lane> {
    let mut lanes: Vec<(Option<String>, Lane)> = Vec::new();
    for (position, arrival) in arrivals.into_iter().enumerate() {
        let group = match order {
            Order::Any => None,
            Order::Groups => arrival.item.group().map(str::to_owned),
            Order::All => Some(String::new()),
        };
        let lane = group.as_ref().and_then(|_| lanes.iter().position(|(other, _)| *other == group));
        match lane {
            Some(lane) => lanes[lane].1.push((position, arrival)),
            None => lanes.push((group, vec![(position, arrival)])),
        }
    }
    lanes.into_iter().map(|(_, lane)| lane).collect()
}

async fn run_lane(program: Arc<Program>, function: usize, lane: Lane, deadline: Option<Instant>) -> Vec<(usize, Fate)> {
    let mut ended = Vec::with_capacity(lane.len());
    let mut held_up = false;
    for (position, arrival) in lane {
        let fate = if held_up {
            untried("HeldUp", HELD_UP)
        } else if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            untried("DeadlinePassed", "the deadline passed before its turn came")
        } else {
            run_one(&program, function, arrival).await
        };
        held_up |= matches!(fate, Fate::Retry(_));
        ended.push((position, fate));
    }
    ended
}

/// Delivers one item.
pub(crate) async fn run_one(program: &Arc<Program>, function: usize, arrival: Arrival) -> Fate {
    let Arrival { item, delivery } = arrival;
    let last_attempt = delivery.last_attempt;
    let answered = matches!(item, Item::Event(_)).then(|| delivery.id.clone()).flatten();
    let fate = match idempotency::run(program, function, Box::new(Delivered { input: Input::Item(item), delivery }))
        .await
    {
        Outcome::Completed(_) => Fate::Done,
        Outcome::Replied(event) if program.provider().takes_replies() => {
            let function = &program.functions()[function].record.name;
            Fate::Replied(Box::new(event.reply_of(function, answered.as_deref().unwrap_or_default())))
        }
        Outcome::Replied(event) => Fate::Reject(Failure::new(
            "ReplyToNobody",
            format!(
                "the function answered with an event of type {:?}, and this platform hands on no replies",
                event.event_type
            ),
        )),
        Outcome::Failed(failure) => Fate::of(failure),
        Outcome::Reported(_) | Outcome::Response(_) => {
            Fate::Retry(Failure::new("WrongOutcome", "a function for single items ended as another kind of function"))
        }
    };
    fate.at_last(last_attempt)
}

/// Fires a timer. Each attempt for an instant has the same delivery's id.
#[cfg(any(provider_azure, provider_google, provider_knative))]
pub(crate) async fn fire(program: &Arc<Program>, function: usize, timer: Timer, mut delivery: Delivery) -> Fate {
    let name = &program.functions()[function].record.name;
    delivery.id = Some(format!("{name}@{}", timer.scheduled_at));
    match idempotency::run(program, function, Box::new(Delivered { input: Input::Timer(timer), delivery })).await {
        Outcome::Completed(_) => Fate::Done,
        Outcome::Failed(failure) => Fate::of(failure),
        Outcome::Response(_) | Outcome::Reported(_) | Outcome::Replied(_) => {
            Fate::Retry(Failure::new("WrongOutcome", "a timer ended as another kind of function"))
        }
    }
}

async fn deliver_together(program: &Arc<Program>, function: usize, arrivals: Vec<Arrival>, order: Order) -> Vec<Fate> {
    let Some(first) = arrivals.first() else { return Vec::new() };
    let mut delivery = first.delivery.clone();
    delivery.id = None;
    delivery.attempt = 1;
    let groups: Vec<Option<String>> = arrivals.iter().map(|it| it.item.group().map(str::to_owned)).collect();
    let last_attempts: Vec<bool> = arrivals.iter().map(|it| it.delivery.last_attempt).collect();
    let items = arrivals.into_iter().map(|it| (it.item, it.delivery.attempt)).collect();
    let refused = Arc::new(Mutex::new(Vec::new()));
    let input = Input::Batch(BatchInput { items, refused: Arc::clone(&refused) });
    let outcome = program.run(function, Box::new(Delivered { input, delivery })).await;
    let mut fates = match outcome {
        Outcome::Completed(_) => vec![Fate::Done; groups.len()],
        Outcome::Reported(report) => {
            let mut fates = vec![Fate::Done; groups.len()];
            for (position, failure) in report.into_failures() {
                fates[position] = Fate::of(failure);
            }
            fates
        }
        Outcome::Failed(failure) => vec![Fate::of(failure); groups.len()],
        Outcome::Response(_) | Outcome::Replied(_) => {
            vec![Fate::Retry(Failure::new("WrongOutcome", "a function for a batch gave a response")); groups.len()]
        }
    };
    for (position, failure) in refused.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        tracing::error!(target: "tusk_fn", position, error = %failure, "an item of a batch was rejected");
        fates[position] = Fate::of(failure);
    }
    let mut fates: Vec<Fate> = fates.into_iter().zip(last_attempts).map(|(fate, last)| fate.at_last(last)).collect();
    hold_up(&mut fates, &groups, order);
    fates
}

/// Lets nothing overtake what is to be delivered again: neither what was handled, nor what was rejected by a function that had
/// not handled what comes before.
fn hold_up(fates: &mut [Fate], groups: &[Option<String>], order: Order) {
    let mut waiting: HashSet<Option<&str>> = HashSet::new();
    for (fate, group) in fates.iter_mut().zip(groups) {
        let lane = match order {
            Order::Any => return,
            Order::Groups if group.is_none() => continue,
            Order::Groups => group.as_deref(),
            Order::All => None,
        };
        if matches!(fate, Fate::Retry(_)) {
            waiting.insert(lane);
        } else if waiting.contains(&lane) {
            *fate = untried("HeldUp", HELD_UP);
        }
    }
}

/// How many items of a function are handled at the same time.
fn concurrency(trigger: &Trigger) -> usize {
    let concurrency = match trigger {
        Trigger::Queue(queue) => queue.delivery.concurrency,
        Trigger::Topic(topic) => topic.delivery.concurrency,
        Trigger::Http(_)
        | Trigger::Timer(_)
        | Trigger::Blob(_)
        | Trigger::Database(_)
        | Trigger::Stream(_)
        | Trigger::Event(_) => 1,
    };
    usize::try_from(concurrency).unwrap_or(1)
}
