//! Scheduled instants: the events of a `PingSource`.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tusk_fn_spec::trigger::timer::Timer as Trigger;

use crate::event::EventItem;
use crate::provider::container::Opened;
use crate::provider::field::Fault;
use crate::timer::Timer;

/// The type of its events (`knative.dev/eventing`, `pkg/apis/sources/v1/ping_types.go`).
pub(super) const TYPE: &str = "dev.knative.sources.ping";

/// How long after an instant its event is made: up to half a second on purpose, and a while for a busy source.
const LATEST: SignedDuration = SignedDuration::from_secs(30);

/// The instant that an event is for: the last one of the schedule before the event was made. An event says only the latter.
pub(super) fn open(event: &EventItem, trigger: &Trigger) -> Opened {
    let Some(made) = event.time else { return Opened::Broken(Fault("`time` is missing".to_owned())) };
    let scheduled = scheduled(made, trigger).unwrap_or(made);
    Opened::Timer(Timer::fired(scheduled, made))
}

fn scheduled(made: Timestamp, trigger: &Trigger) -> Option<Timestamp> {
    let zone = TimeZone::get(&trigger.zone).ok()?;
    let mut last = None;
    let mut from = made.checked_sub(LATEST).ok()?;
    while let Some(next) = trigger.schedule.after(from, &zone).filter(|next| *next <= made) {
        last = Some(next);
        from = next;
    }
    last
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a failed expectation is a failed test")]
mod tests {
    use super::*;
    use tusk_fn_spec::schedule::Schedule;

    fn opened(schedule: &str, made: Option<&str>) -> Result<String, String> {
        let schedule_text = schedule.to_owned();
        let trigger =
            Trigger { schedule: Schedule::parse(schedule, None).unwrap(), text: schedule_text, zone: "UTC".to_owned() };
        let event = EventItem { time: made.map(|made| made.parse().unwrap()), ..EventItem::default() };
        match open(&event, &trigger) {
            Opened::Timer(timer) => Ok(timer.scheduled_at.to_string()),
            Opened::Broken(Fault(why)) => Err(why),
            _ => panic!("a timer is opened or broken"),
        }
    }

    #[test]
    fn the_instant_is_the_one_before_the_event_was_made() {
        let at = |schedule: &str, made: &str| opened(schedule, Some(made)).unwrap();
        assert_eq!(at("0 */5 * * * *", "2026-01-31T12:05:00.437Z"), "2026-01-31T12:05:00Z");
        assert_eq!(at("* * * * * *", "2026-01-31T12:05:07.437Z"), "2026-01-31T12:05:07Z");
        assert_eq!(at("0 */5 * * * *", "2026-01-31T12:05:21Z"), "2026-01-31T12:05:00Z");
        assert_eq!(at("0 0 0 1 1 *", "2026-01-31T12:05:21Z"), "2026-01-31T12:05:21Z", "none is near: as it was made");
        assert_eq!(opened("0 * * * * *", None), Err("`time` is missing".to_owned()));
    }
}
