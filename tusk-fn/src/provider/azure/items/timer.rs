//! Scheduled instants: `timerTrigger`.
//!
//! The host says when a timer fires, and not for which instant. That is the last one of the function's own schedule.
//! Two things are corrected by `ScheduleStatus.Next`, where the host keeps one and it is an instant of the schedule: a
//! timer that fires a little early, and a later attempt, which is for the same instant as the first.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tusk_fn_spec::trigger::timer::Timer as Trigger;

use super::Opened;
use crate::provider::azure::metadata::moment;
use crate::provider::azure::wire::Sent;
use crate::provider::field::{self, Fault, Raw};
use crate::timer::Timer;

/// How early a timer may fire.
const EARLIEST: SignedDuration = SignedDuration::from_secs(2);
/// How far back the last instant is looked for: 29 February may be eight years ago.
const FURTHEST: SignedDuration = SignedDuration::from_hours(24 * 366 * 9);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Info<'a> {
    #[serde(borrow)]
    schedule_status: Raw<'a>,
    #[serde(borrow)]
    is_past_due: Raw<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Status<'a> {
    #[serde(borrow)]
    next: Raw<'a>,
}

pub(super) fn open(sent: &Sent<'_>, trigger: &Trigger) -> Result<Opened, Fault> {
    let retries = sent.metadata().retries();
    let timer = read(sent, trigger, Timestamp::now(), retries > 0)?;
    Ok(Opened::Timer { timer, attempt: retries.saturating_add(1) })
}

fn read(sent: &Sent<'_>, trigger: &Trigger, now: Timestamp, again: bool) -> Result<Timer, Fault> {
    let (text, name) = (sent.json()?, sent.named());
    let info: Info<'_> = field::object(&text, &format!("`{name}`"))?;
    let late = info.is_past_due.ok_or_else(|| Fault(format!("`{name}.IsPastDue` is missing")))?;
    let past_due = field::object(late.get(), &format!("`{name}.IsPastDue`"))?;
    let status: Option<Status<'_>> =
        info.schedule_status.map(|status| field::inner(Some(status), &format!("{name}.ScheduleStatus"))).transpose()?;
    let next = status.and_then(|status| moment(&field::hint(status.next)?));
    Ok(Timer { past_due, ..Timer::fired(instant(trigger, now, next, again), now) })
}

/// The instant that a timer fires for.
fn instant(trigger: &Trigger, now: Timestamp, next: Option<Timestamp>, again: bool) -> Timestamp {
    let Ok(zone) = TimeZone::get(&trigger.zone) else { return now };
    let after = |from: Timestamp| trigger.schedule.after(from, &zone);
    let last = last(after, now).unwrap_or(now);
    let is_own = |next: &Timestamp| after(*next - SignedDuration::from_nanos(1)) == Some(*next);
    match next.filter(is_own) {
        Some(next) if last < next && next <= now.saturating_add(EARLIEST).unwrap_or(now) => next,
        Some(next) if again && next <= now => next,
        _ => last,
    }
}

/// The last moment that is not after `now`, where `after` gives the first one after another.
fn last(after: impl Fn(Timestamp) -> Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let passed = |from: Timestamp| after(from).filter(|found| *found <= now);
    // Back in ever longer steps, until there is one.
    let mut back = SignedDuration::from_secs(2);
    let mut late = now;
    let mut early = loop {
        let from = now.checked_sub(back).ok()?;
        if passed(from).is_some() {
            break from;
        }
        if back > FURTHEST {
            return None;
        }
        (late, back) = (from, back.saturating_mul(2));
    };
    // From `early` one is seen, from `late` none any more.
    let second = SignedDuration::from_secs(1);
    while late.duration_since(early) > second {
        let middle = early.checked_add(late.duration_since(early) / 2).ok()?;
        *(if passed(middle).is_some() { &mut early } else { &mut late }) = middle;
    }
    passed(early)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use tusk_fn_spec::schedule::Schedule;

    fn trigger(schedule: &str, zone: &str) -> Trigger {
        let text = schedule.to_owned();
        Trigger { schedule: Schedule::parse(schedule, None).unwrap(), text, zone: zone.to_owned() }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_instant_is_the_last_one_of_the_schedule() {
        for (schedule, zone, now, expected) in [
            ("0 */5 * * * *", "UTC", "2026-01-31T12:05:00.437Z", "2026-01-31T12:05:00Z"),
            ("0 */5 * * * *", "UTC", "2026-01-31T12:05:00Z", "2026-01-31T12:05:00Z"),
            ("0 */5 * * * *", "UTC", "2026-01-31T12:09:59.999Z", "2026-01-31T12:05:00Z"),
            ("* * * * * *", "UTC", "2026-01-31T12:05:07.437Z", "2026-01-31T12:05:07Z"),
            ("0 0 0 1 1 *", "UTC", "2026-01-31T12:05:21Z", "2026-01-01T00:00:00Z"),
            ("* * * 1 1 *", "UTC", "2026-11-22T12:05:21Z", "2026-01-01T23:59:59Z"),
            ("0 0 0 29 2 *", "UTC", "2026-01-31T12:05:21Z", "2024-02-29T00:00:00Z"),
            ("0 0 9 * * *", "Europe/Berlin", "2026-07-01T07:00:00.1Z", "2026-07-01T07:00:00Z"),
        ] {
            assert_eq!(instant(&trigger(schedule, zone), at(now), None, false), at(expected), "{schedule} {now}");
        }
    }

    #[test]
    fn the_hosts_next_instant_corrects_early_timers_and_later_attempts() {
        let hourly = trigger("0 0 * * * *", "UTC");
        for (now, next, again, expected) in [
            ("2026-01-31T11:59:59.5Z", "2026-01-31T12:00:00Z", false, "2026-01-31T12:00:00Z"),
            ("2026-01-31T12:00:01Z", "2026-01-31T13:00:00Z", false, "2026-01-31T12:00:00Z"),
            ("2026-01-31T12:00:01Z", "2026-01-31T12:00:02Z", false, "2026-01-31T12:00:00Z"),
            ("2026-01-31T13:10:00Z", "2026-01-31T12:00:00Z", true, "2026-01-31T12:00:00Z"),
            ("2026-01-31T13:10:00Z", "2026-01-31T12:00:00Z", false, "2026-01-31T13:00:00Z"),
        ] {
            assert_eq!(instant(&hourly, at(now), Some(at(next)), again), at(expected), "{now} {next}");
        }
    }

    fn opened(value: &Value) -> Result<Timer, String> {
        let text = json!({"Data": {"timer": value}, "Metadata": {"sys": {"MethodName": "sweep"}}}).to_string();
        let now = at("2026-01-31T12:05:00.437Z");
        let read = || read(&Sent::read(&text)?, &trigger("0 */5 * * * *", "UTC"), now, false);
        read().map_err(|Fault(why)| why)
    }

    #[test]
    fn the_hosts_object_is_read_and_a_fault_in_it_is_named() {
        let status = json!({"Last": "2026-01-31T12:00:00+00:00", "Next": "2026-01-31T12:05:00+00:00",
            "LastUpdated": "2026-01-31T12:00:00+00:00"});
        for (value, past_due) in [
            (json!({"Schedule": {"AdjustForDST": true}, "ScheduleStatus": null, "IsPastDue": false}), false),
            (json!({"Schedule": {"AdjustForDST": true}, "ScheduleStatus": status, "IsPastDue": true}), true),
            (json!("{\"IsPastDue\":true}"), true),
        ] {
            let expected = Timer { past_due, ..Timer::fired(at("2026-01-31T12:05:00Z"), at("2026-01-31T12:05:00Z")) };
            assert_eq!(opened(&value), Ok(expected), "{value}");
        }
        for (value, why) in [
            (json!({}), "`Data.timer.IsPastDue` is missing"),
            (json!({"IsPastDue": "no"}), "`Data.timer.IsPastDue` cannot be read"),
            (json!({"IsPastDue": false, "ScheduleStatus": "x"}), "`Data.timer.ScheduleStatus` cannot be read"),
            (json!("hello"), "`Data.timer` cannot be read"),
            (json!([]), "`Data.timer` cannot be read"),
            (json!(7), "`Data.timer` cannot be read"),
            (json!(null), "`Data.timer` is missing"),
        ] {
            let found = opened(&value).unwrap_err();
            assert!(found.starts_with(why), "{value}: {found}");
        }
    }
}
