//! Fires each timer on its schedule, in its time zone.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tusk_fn_spec::schedule::zone;
use tusk_fn_spec::trigger::Trigger;
use tusk_fn_spec::trigger::timer::Timer as TimerTrigger;

use crate::context::Delivery;
use crate::dispatch::Program;
use crate::invocation::{Delivered, Input};
use crate::timer::Timer;

/// The longest sleep: the machine may be suspended, or its clock set, and both are seen after this.
const LONGEST_SLEEP: Duration = Duration::from_secs(20);

/// Fires timers until `stopped` says so, and then waits for those that run.
pub(super) async fn run(program: Arc<Program>, stopped: watch::Receiver<bool>) {
    let mut loops = JoinSet::new();
    for (index, function) in program.functions().iter().enumerate() {
        if let Trigger::Timer(timer) = &function.record.trigger {
            loops.spawn(run_one(Arc::clone(&program), index, timer.clone(), stopped.clone()));
        }
    }
    join_all(loops).await;
}

/// Waits for tasks. One that panicked has ended too.
async fn join_all(mut tasks: JoinSet<()>) {
    while tasks.join_next().await.is_some() {}
}

async fn run_one(program: Arc<Program>, index: usize, timer: TimerTrigger, mut stopped: watch::Receiver<bool>) {
    let zone = zone_of(&timer);
    let mut running = JoinSet::new();
    let mut last = Timestamp::now();
    while let Some(next) = timer.schedule.after(last, &zone) {
        tokio::select! {
            () = sleep_until(next) => {}
            _ = stopped.wait_for(|stopped| *stopped) => break,
        }
        // What was missed while the machine slept is fired once, not once for each instant.
        last = next.max(Timestamp::now());
        let mut delivery = Delivery::local();
        delivery.id = Some(format!("{}@{next}", program.functions()[index].record.name));
        let program = Arc::clone(&program);
        running.spawn(async move {
            let delivered = Delivered { input: Input::Timer(Timer::at(next)), delivery };
            program.run(index, Box::new(delivered)).await;
        });
        while running.try_join_next().is_some() {}
    }
    join_all(running).await;
}

/// The zone of a timer. The record's zone was checked when it was compiled, with the same list of zones.
pub(super) fn zone_of(timer: &TimerTrigger) -> TimeZone {
    zone(&timer.zone).unwrap_or(TimeZone::UTC)
}

async fn sleep_until(instant: Timestamp) {
    loop {
        let remaining = instant.duration_since(Timestamp::now());
        match Duration::try_from(remaining) {
            Ok(remaining) if !remaining.is_zero() => tokio::time::sleep(remaining.min(LONGEST_SLEEP)).await,
            _ => return,
        }
    }
}
