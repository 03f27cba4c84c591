//! Timers: when they fire, what they are told, and what becomes of them when the program stops.

use rustix::process::Signal;

use super::clock;
use crate::support::until;

#[test]
fn a_timer_fires_each_second_once_and_never_early() {
    let program = clock().env("TUSK_FN", "tick,ticks").serve();
    let ticks = until("the timer fired three times", || {
        let ticks: Vec<(i64, f64)> = serde_json::from_slice(&program.get("/ticks").body).unwrap();
        (ticks.len() >= 3).then_some(ticks)
    });
    assert!(ticks.iter().all(|(_, late)| *late >= 0.0), "{ticks:?}");
    // A machine that is busy for a second makes it skip one; it never fires twice for the same.
    assert!(ticks.windows(2).all(|pair| pair[0].0 < pair[1].0), "{ticks:?}");
    let metrics = program.metrics("tick");
    assert!(metrics["invocations"].as_u64().unwrap() >= 3, "{metrics}");
    assert_eq!(metrics["errors"], 0);
}

#[test]
fn a_timer_that_runs_may_end_when_the_program_stops() {
    let mut program = clock().env("TUSK_FN", "slow").serve();
    program.wait_for("slow began");
    let log = program.stop();
    assert_eq!(log.matches("slow began").count(), log.matches("slow ended").count(), "{log}");
}

#[test]
fn a_program_of_timers_alone_stops_at_once() {
    let mut program = clock().env("TUSK_FN", "told").serve();
    program.signal(Signal::INT);
    assert_eq!(program.wait().code(), Some(0));
}

#[test]
fn the_next_runs_are_shown_in_the_timers_own_zone() {
    let program = clock().serve();
    let banner = program.log();
    let line = |name: &str| banner.lines().find(|line| line.contains(&format!("  {name} "))).unwrap().to_owned();
    let berlin = line("berlin");
    assert!(berlin.contains("timer  \"0 30 2 * * *\" (Europe/Berlin)") && berlin.contains("  next: "), "{berlin}");
    // The night that has no half past two is passed over, or its run moved: which, the schedule's own tests say.
    assert_eq!(berlin.matches(" CET").count() + berlin.matches(" CEST").count(), 3, "{berlin}");
    assert!(berlin.matches(":30:00 ").count() >= 2, "{berlin}");
    let told = line("told");
    assert_eq!(told.matches("-01-01 00:00:00 UTC").count(), 3, "{told}");
}

#[test]
fn a_timer_is_told_for_when_it_runs_and_whether_that_is_past() {
    let program = clock().env("TUSK_FN", "told").serve();
    let told = |body: &str| program.admin("POST", "/functions/told/invoke", body).json()["value"].clone();
    let past = told(r#"{"scheduled_at": "2024-02-29T23:59:59+01:00"}"#);
    assert_eq!(past, serde_json::json!(["2024-02-29T22:59:59Z", true, "told@2024-02-29T22:59:59Z"]));
    let future = told(r#"{"scheduled_at": "2124-02-29T00:00:00Z"}"#);
    assert_eq!(future, serde_json::json!(["2124-02-29T00:00:00Z", false, "told@2124-02-29T00:00:00Z"]));
    assert_eq!(told("")[1], false);
}
