//! Fires each timer on its schedule, in its time zone.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tusk_fn_spec::schedule::zone;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::timer::Timer as TimerTrigger;

use super::cloud::Clock;
use crate::context::Delivery;
use crate::dispatch::Program;
use crate::idempotency;
use crate::invocation::{Delivered, Input};
use crate::timer::Timer;

/// Fires timers by a clock until `stopped` says so, and then waits for those that run.
pub(super) async fn run(program: Arc<Program>, clock: Arc<Clock>, stopped: watch::Receiver<bool>) {
    let mut loops = JoinSet::new();
    for (index, function) in program.functions().iter().enumerate() {
        if let Trigger::Timer(timer) = &function.record.trigger {
            loops.spawn(run_one(Arc::clone(&program), index, timer.clone(), Arc::clone(&clock), stopped.clone()));
        }
    }
    join_all(loops).await;
}

/// Waits for tasks. One that panicked has ended too.
async fn join_all(mut tasks: JoinSet<()>) {
    while tasks.join_next().await.is_some() {}
}

async fn run_one(
    program: Arc<Program>,
    index: usize,
    timer: TimerTrigger,
    clock: Arc<Clock>,
    mut stopped: watch::Receiver<bool>,
) {
    let zone = zone_of(&timer);
    let mut running = JoinSet::new();
    let mut moved = clock.watch();
    let mut last = clock.now();
    loop {
        let next = tokio::select! {
            next = due(&timer, last, &zone, &clock) => next,
            _ = moved.changed() => {
                last = last.min(clock.now());
                continue;
            }
            _ = stopped.wait_for(|stopped| *stopped) => break,
        };
        // What was missed while the machine slept is fired once, not once for each instant.
        last = next.max(clock.now());
        let mut delivery = Delivery::local();
        delivery.id = Some(format!("{}@{next}", program.functions()[index].record.name));
        let program = Arc::clone(&program);
        running.spawn(async move {
            let delivered = Delivered { input: Input::Timer(Timer::fired(next, last)), delivery };
            idempotency::run(&program, index, Box::new(delivered)).await;
        });
        while running.try_join_next().is_some() {}
    }
    join_all(running).await;
}

/// Waits for a timer's next run; for ever where it has none, since the clock may be set back.
async fn due(timer: &TimerTrigger, last: Timestamp, zone: &TimeZone, clock: &Clock) -> Timestamp {
    match timer.schedule.after(last, zone) {
        Some(next) => {
            clock.sleep_until(next).await;
            next
        }
        None => std::future::pending().await,
    }
}

/// The zone of a timer. The record's zone was checked when it was compiled, with the same list of zones.
pub(super) fn zone_of(timer: &TimerTrigger) -> TimeZone {
    zone(&timer.zone).unwrap_or(TimeZone::UTC)
}
