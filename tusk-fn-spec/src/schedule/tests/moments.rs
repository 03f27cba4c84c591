//! Occurrences, above all where clocks change. A slow model that looks at every minute is the judge.

use std::collections::BTreeSet;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::super::{DayMatch, Field, Schedule, zone};
use super::{Random, parse, schedule};

const ZONES: [&str; 6] =
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/St_Johns", "Africa/Casablanca"];

fn moment(text: &str) -> Timestamp {
    text.parse().expect(text)
}

fn berlin() -> TimeZone {
    zone("Europe/Berlin").expect("a zone")
}

/// The occurrences in `from..to`.
fn between(schedule: &Schedule, zone: &TimeZone, from: &str, to: &str) -> Vec<String> {
    let to = moment(to);
    let before = moment(from) - SignedDuration::from_secs(1);
    let found = schedule.upcoming(before, zone, usize::MAX).take_while(|found| *found < to);
    found.map(|found| found.to_zoned(zone.clone()).strftime("%d %H:%M:%S%:z").to_string()).collect()
}

#[test]
fn the_next_occurrence_is_after_the_moment_itself() {
    let five = schedule("0 */5 * * * *");
    let utc = TimeZone::UTC;
    assert_eq!(five.after(moment("2026-01-01T00:00:00Z"), &utc), Some(moment("2026-01-01T00:05:00Z")));
    assert_eq!(five.after(moment("2025-12-31T23:59:59.999Z"), &utc), Some(moment("2026-01-01T00:00:00Z")));
    assert_eq!(five.after(moment("2026-01-01T00:00:00.5Z"), &utc), Some(moment("2026-01-01T00:05:00Z")));
    assert_eq!(five.after(moment("1969-12-31T23:59:59.5Z"), &utc), Some(moment("1970-01-01T00:00:00Z")));
}

#[test]
fn rare_days_are_found() {
    let utc = TimeZone::UTC;
    let from = moment("2026-01-01T00:00:00Z");
    assert_eq!(schedule("0 0 29 2 *").after(from, &utc), Some(moment("2028-02-29T00:00:00Z")));
    let century = moment("2096-03-01T00:00:00Z");
    assert_eq!(schedule("0 0 29 2 *").after(century, &utc), Some(moment("2104-02-29T00:00:00Z")));
    let leap_sunday = Schedule::parse("0 12 29 2 SUN", Some(DayMatch::All)).expect("a schedule");
    for name in ZONES {
        let found = leap_sunday.after(from, &zone(name).expect(name)).expect("an occurrence");
        assert_eq!(found.to_string().get(..10), Some("2032-02-29"), "{name}");
    }
    let every_hour = Schedule::parse("0 * 29 2 SUN", Some(DayMatch::All)).expect("a schedule");
    // 2100 is no leap year, so that the days of the week shift.
    let found = every_hour.after(moment("2089-01-01T00:00:00Z"), &berlin());
    assert_eq!(found, Some(moment("2128-02-28T23:00:00Z")));
}

#[test]
fn days_match_any_or_all() {
    let from = moment("2026-02-01T00:00:00Z");
    let utc = TimeZone::UTC;
    let days = |day_match| {
        let friday_13 = Schedule::parse("0 0 13 * FRI", Some(day_match)).expect("a schedule");
        let found = friday_13.upcoming(from, &utc, 4).map(|found| found.to_string()[5..10].to_owned());
        found.collect::<Vec<_>>()
    };
    assert_eq!(days(DayMatch::All), ["02-13", "03-13", "11-13", "08-13"]);
    assert_eq!(days(DayMatch::Any), ["02-06", "02-13", "02-20", "02-27"]);
}

#[test]
fn the_end_of_the_calendar_is_none() {
    let utc = TimeZone::UTC;
    assert_eq!(schedule("* * * * * *").after(Timestamp::MAX, &utc), None);
    assert_eq!(schedule("0 0 29 2 *").after(moment("9997-01-01T00:00:00Z"), &utc), None);
    assert_eq!(schedule("0 0 29 2 *").after(moment("9997-01-01T00:00:00Z"), &berlin()), None);
    for name in ZONES {
        assert!(schedule("0 0 * * *").after(Timestamp::MIN, &zone(name).expect(name)).is_some());
        assert_eq!(schedule("0 0 * * *").after(Timestamp::MAX, &zone(name).expect(name)), None);
    }
}

#[test]
fn a_skipped_time_fires_once_after_the_gap() {
    let (from, to) = ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
    let day = |text| between(&schedule(text), &berlin(), from, to);
    assert_eq!(day("0 30 2 * * *"), ["29 03:00:00+02:00"]);
    assert_eq!(day("0 0,30 2 * * *"), ["29 03:00:00+02:00"]);
    assert_eq!(day("0 */30 2,3 * * *"), ["29 03:00:00+02:00", "29 03:30:00+02:00"]);
    assert_eq!(day("0 0 3 * * *"), ["29 03:00:00+02:00"]);
}

#[test]
fn a_repeated_time_fires_once_at_the_first() {
    let (from, to) = ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
    let day = |text| between(&schedule(text), &berlin(), from, to);
    assert_eq!(day("0 30 2 * * *"), ["25 02:30:00+02:00"]);
    assert_eq!(day("0 0 2,3 * * *"), ["25 02:00:00+02:00", "25 03:00:00+01:00"]);
    // Asked in the midst of the second pass.
    let halves = schedule("0 */30 2,4 * * *");
    let second_pass = moment("2026-10-25T01:10:00Z");
    assert_eq!(halves.after(second_pass, &berlin()), Some(moment("2026-10-25T03:00:00Z")));
}

#[test]
fn a_schedule_for_every_hour_fires_by_real_time() {
    let spring = ("2026-03-29T00:00:00Z", "2026-03-29T02:00:00Z");
    let autumn = ("2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z");
    for (from, to) in [spring, autumn] {
        assert_eq!(between(&schedule("0 */5 * * * *"), &berlin(), from, to).len(), 24);
        assert_eq!(between(&schedule("0 30 * * * *"), &berlin(), from, to).len(), 2);
    }
    let lord_howe = zone("Australia/Lord_Howe").expect("a zone");
    // The clock goes from 02:00 to 02:30, and half a year before from 02:00 back to 01:30.
    let (from, to) = ("2026-10-03T15:00:00Z", "2026-10-03T16:00:00Z");
    let found = between(&schedule("0 */15 * * * *"), &lord_howe, from, to);
    assert_eq!(found, ["04 01:30:00+10:30", "04 01:45:00+10:30", "04 02:30:00+11:00", "04 02:45:00+11:00"]);
    let (from, to) = ("2026-04-04T14:30:00Z", "2026-04-04T15:30:00Z");
    let found = between(&schedule("0 */15 * * * *"), &lord_howe, from, to);
    assert_eq!(found, ["05 01:30:00+11:00", "05 01:45:00+11:00", "05 01:30:00+10:30", "05 01:45:00+10:30"]);
}

#[test]
fn half_an_hour_of_lord_howe_follows_the_same_rules() {
    let lord_howe = zone("Australia/Lord_Howe").expect("a zone");
    let day = |text, from, to| between(&schedule(text), &lord_howe, from, to);
    assert_eq!(day("0 15 2 * * *", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z"), ["04 02:30:00+11:00"]);
    assert_eq!(day("0 45 1 * * *", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z"), ["05 01:45:00+11:00"]);
}

#[test]
fn a_day_that_a_zone_left_out_fires_at_its_end() {
    let apia = zone("Pacific/Apia").expect("a zone");
    let found = between(&schedule("0 0 9 30 12 *"), &apia, "2011-12-01T00:00:00Z", "2012-01-31T00:00:00Z");
    assert_eq!(found, ["31 00:00:00+14:00"]);
}

#[test]
fn occurrences_increase_over_five_years() {
    let (from, to) = (moment("2024-12-31T12:00:00Z"), moment("2030-01-01T00:00:00Z"));
    for name in ZONES {
        let zone = zone(name).expect(name);
        for text in
            ["0 30 2 * * *", "0 */30 1-3 * * *", "0 40 * * * *", "0 0 */2 * * *", "0 15 2 * * SUN", "59 59 23 28 * *"]
        {
            let schedule = schedule(text);
            let mut last = from;
            while let Some(next) = schedule.after(last, &zone).filter(|next| *next < to) {
                assert!(next > last, "{text} in {name} at {last}");
                last = next;
            }
            assert!(last > to - SignedDuration::from_hours(24 * 32), "{text} in {name} ends at {last}");
        }
    }
}

/// All occurrences in a window of minutes, from the rules alone.
fn model(schedule: &Schedule, zone: &TimeZone, from: Timestamp, to: Timestamp) -> BTreeSet<Timestamp> {
    let minute = SignedDuration::from_mins(1);
    let mut found = BTreeSet::new();
    if schedule.restricts(Field::Hour) {
        let first = zone.to_datetime(from) - SignedDuration::from_hours(3);
        let last = zone.to_datetime(to) + SignedDuration::from_hours(3);
        let mut time = first;
        while time < last {
            if matches(schedule, time) {
                found.insert(fires(zone, time));
            }
            time += minute;
        }
    } else {
        let mut instant = from;
        while instant < to {
            if matches(schedule, zone.to_datetime(instant)) {
                found.insert(instant);
            }
            instant += minute;
        }
    }
    found.into_iter().filter(|found| (from..to).contains(found)).collect()
}

fn matches(schedule: &Schedule, time: DateTime) -> bool {
    let has = |field, value: i8| schedule.values(field).any(|known| i8::try_from(known).unwrap() == value);
    let by_date = has(Field::DayOfMonth, time.day());
    let by_weekday = has(Field::DayOfWeek, time.weekday().to_sunday_zero_offset());
    let day = if schedule.day_match() == Some(DayMatch::Any) { by_date || by_weekday } else { by_date && by_weekday };
    day && has(Field::Month, time.month()) && has(Field::Hour, time.hour()) && has(Field::Minute, time.minute())
}

/// When a time of the clock on the wall fires.
fn fires(zone: &TimeZone, time: DateTime) -> Timestamp {
    let at = |offset: jiff::tz::Offset| offset.to_timestamp(time).unwrap();
    match zone.to_ambiguous_timestamp(time).offset() {
        AmbiguousOffset::Unambiguous { offset } => at(offset),
        AmbiguousOffset::Fold { before, .. } => at(before),
        AmbiguousOffset::Gap { after, .. } => zone.following(at(after)).next().unwrap().timestamp(),
    }
}

#[test]
fn occurrences_are_those_of_the_model_around_every_change_of_a_clock() {
    let mut random = Random(0xc10c);
    for name in ZONES {
        let zone = zone(name).expect(name);
        let start = moment("2026-01-01T00:00:00Z");
        let changes: Vec<Timestamp> = zone.following(start).take(4).map(|change| change.timestamp()).collect();
        for around in if changes.is_empty() { vec![start] } else { changes } {
            let day = SignedDuration::from_hours(30);
            let (from, to) = (around - day, around + day);
            for index in 0..10 {
                let text = if index < 6 {
                    [
                        "0 30 2 * * *",
                        "0 */7 * * * *",
                        "0 * 0-3 * * *",
                        "0 0 */2 * * *",
                        "0 15 1,2 * * *",
                        "0 59 1 * * *",
                    ][index]
                        .to_owned()
                } else {
                    let hours = random.field(0, 4);
                    format!("0 {} {hours} * * *", random.field(0, 59))
                };
                let Ok(schedule) = parse(&text) else { continue };
                let expected = model(&schedule, &zone, from, to);
                let found: BTreeSet<Timestamp> = schedule
                    .upcoming(from - SignedDuration::from_secs(1), &zone, usize::MAX)
                    .take_while(|found| *found < to)
                    .collect();
                assert_eq!(found, expected, "{text} in {name} around {around}");
                assert_answers_from_everywhere(&schedule, &zone, from, &expected);
            }
        }
    }
}

/// `after` gives the same answers wherever it is asked from.
fn assert_answers_from_everywhere(
    schedule: &Schedule,
    zone: &TimeZone,
    from: Timestamp,
    expected: &BTreeSet<Timestamp>,
) {
    let Some(last) = expected.last() else { return };
    let mut instant = from;
    while instant < *last {
        let next = expected.range(instant + SignedDuration::from_nanos(1)..).next().copied();
        assert_eq!(schedule.after(instant, zone), next, "{schedule} after {instant}");
        instant += SignedDuration::from_mins(25);
    }
}
