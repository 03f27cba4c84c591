//! The models themselves: against real implementations, against a search instant by instant, and against the sets.

use std::iter;

use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::model::{ClockRule, Model, Values};
use super::{Proof, ProofError, Side, read, robfig, years_after};
use crate::provider::Target;
use crate::schedule::tests::Random;
use crate::schedule::{DayMatch, Field, Schedule, zone};

const ZONES: [&str; 14] = [
    "UTC",
    "Europe/Berlin",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "America/Santiago",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
];

fn moment(text: &str) -> Timestamp {
    text.parse().expect(text)
}

/// The recorded answers of the libraries that platforms run, or that are known to read as they do.
#[test]
fn models_step_as_the_real_implementations_do() {
    let mut lines = 0;
    for line in include_str!("../tests/judged.txt").lines().filter(|line| !line.starts_with('#')) {
        let [judge, text, zone_name, from, expected] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let zone = zone(zone_name).expect(zone_name);
        let target = match judge {
            "robfig" => Target::Knative,
            "ncrontab" => Target::Azure,
            "croniter" => Target::Google,
            _ => panic!("{judge}"),
        };
        let found = match read(target, text) {
            Err(_) => "error".to_owned(),
            Ok(model) => answers(&model, &zone, moment(from)),
        };
        assert_eq!(found, expected.replace("forever", "never"), "{judge}: {text} in {zone_name} from {from}");
        lines += 1;
    }
    assert!(lines > 300, "{lines} lines");
}

fn answers(model: &Model, zone: &TimeZone, from: Timestamp) -> String {
    let next = |after: &Timestamp| match model.clock {
        ClockRule::Robfig => robfig::next(model, zone, *after),
        _ => next_in_utc(model, *after),
    };
    let found = iter::successors(next(&from), next).take(20).map(|instant| instant.as_second().to_string());
    let mut found: Vec<String> = found.collect();
    if found.len() < 20 {
        found.push("never".to_owned());
    }
    found.join(" ")
}

/// The next occurrence in UTC within 30 years, by looking at every day.
fn next_in_utc(model: &Model, after: Timestamp) -> Option<Timestamp> {
    let after = Offset::UTC.to_datetime(after);
    let days = iter::successors(Some(after.date()), |date| date.tomorrow().ok()).take(30 * 366);
    let found = days
        .filter(|date| model.fires_on(*date))
        .find_map(|date| times_of(model).map(|time| date.to_datetime(time)).find(|time| *time > after));
    found.and_then(|time| Offset::UTC.to_timestamp(time).ok())
}

fn times_of(model: &Model) -> impl Iterator<Item = Time> {
    let (hours, minutes, seconds) = (model.hours, model.minutes, model.seconds);
    let hours = (0..24).filter(move |hour| hours.has(*hour));
    hours.flat_map(move |hour| {
        let minutes = (0..60).filter(move |minute| minutes.has(*minute));
        minutes.flat_map(move |minute| {
            let seconds = (0..60).filter(move |second| seconds.has(*second));
            seconds.map(move |second| Time::new(hour, minute, second, 0).unwrap())
        })
    })
}

/// A random schedule, with a random `day_match` where it needs one.
fn random_schedule(random: &mut Random) -> Schedule {
    loop {
        let second = random.pick(&["0", "0", "0", "30", "*/20", "1-7,50"]);
        let text = random.schedule(second);
        let day_match = [DayMatch::Any, DayMatch::All][usize::try_from(random.below(2)).unwrap()];
        if let Ok(schedule) = Schedule::parse(&text, None).or_else(|_| Schedule::parse(&text, Some(day_match))) {
            return schedule;
        }
    }
}

fn random_zone(random: &mut Random) -> TimeZone {
    let name = random.pick(&ZONES);
    zone(name).expect(name)
}

/// What is rendered reads back as the same sets, and as the same days in every year.
#[test]
fn rendered_texts_read_back_as_the_schedule() {
    let mut random = Random(0x5e75);
    let mut read_back = [0; Target::ALL.len()];
    for _ in 0..250 {
        let schedule = random_schedule(&mut random);
        for (target, read_back) in Target::ALL.into_iter().zip(&mut read_back) {
            let Ok(text) = schedule.render_for(target, &TimeZone::UTC) else { continue };
            let model = read(target, &text).unwrap_or_else(|error| panic!("{schedule}: {error}"));
            for (field, values) in Field::ALL.into_iter().zip([
                model.seconds,
                model.minutes,
                model.hours,
                model.days,
                model.months,
                model.weekdays,
            ]) {
                assert_eq!(values, schedule.values(field).collect::<Values>(), "{field} of {schedule} for {target:?}");
            }
            let proof = schedule.prove(target, &text, &TimeZone::UTC, moment("2027-05-17T11:12:13Z"));
            assert_eq!(proof, Ok(Proof::Exact), "{schedule} as `{text}` for {target:?}");
            *read_back += 1;
        }
    }
    assert!(read_back.iter().all(|count| *count > 50), "{read_back:?}");
}

/// Wherever a clock goes, a rendered text differs at its changes only.
#[test]
fn rendered_texts_never_disagree_in_any_zone() {
    let mut random = Random(0xd15a);
    let (mut exact, mut differing) = (0, 0);
    for _ in 0..100 {
        let schedule = random_schedule(&mut random);
        let zone = random_zone(&mut random);
        for target in Target::ALL {
            let Ok(text) = schedule.render_for(target, &zone) else { continue };
            let proof = schedule.prove(target, &text, &zone, moment("2026-01-01T00:00:00Z"));
            match proof.unwrap_or_else(|error| panic!("{schedule} as `{text}`: {error}")) {
                Proof::Exact => exact += 1,
                Proof::Differs { first } => {
                    assert!(first.change.is_some());
                    differing += 1;
                }
            }
        }
    }
    assert!(exact > 50 && differing > 30, "{exact} and {differing}");
}

/// The argument that only what lies around changes needs to be compared, checked by comparing everything.
#[test]
fn the_first_difference_is_that_of_a_search_without_shortcuts() {
    let mut random = Random(0x5ea4);
    let from = moment("2026-01-01T00:00:00Z");
    let mut differing = 0;
    for index in 0..2 * ZONES.len() {
        let schedule = sparse_schedule(&mut random);
        let zone = zone(ZONES[index % ZONES.len()]).unwrap();
        for target in [Target::Aws, Target::Google, Target::Knative] {
            let Ok(text) = schedule.render_for(target, &zone) else { continue };
            let model = read(target, &text).unwrap();
            let expected = search(&schedule, &model, &zone, from);
            let proof = schedule.prove(target, &text, &zone, from).unwrap_or_else(|error| panic!("{text}: {error}"));
            let found = match proof {
                Proof::Exact => None,
                Proof::Differs { first } => Some((first.at.timestamp(), first.side)),
            };
            assert_eq!(found, expected, "{schedule} as `{text}` in {:?} for {target:?}", zone.iana_name());
            differing += usize::from(found.is_some());
        }
    }
    assert!(differing > 12, "{differing}");
}

/// On 1 October 2017 the clock of Asunción skipped the midnight from which robfig/cron counts months.
#[test]
fn a_skipped_midnight_of_a_first_is_compared_too() {
    let zone = zone("America/Asuncion").unwrap();
    for from in ["2016-01-01T00:00:00Z", "2017-09-29T12:00:00Z"] {
        for text in ["0 5 1 * *", "0 0 1 10,11 *", "0 5 15 11 *", "0 5 15 9,11 *", "0 12 * * *", "0 5 * 12 *"] {
            let schedule = Schedule::parse(text, None).unwrap();
            let rendered = schedule.render_for(Target::Knative, &zone).unwrap();
            let proof = schedule.prove(Target::Knative, &rendered, &zone, moment(from)).unwrap();
            let found = match proof {
                Proof::Exact => None,
                Proof::Differs { first } => Some((first.at.timestamp(), first.side)),
            };
            let model = read(Target::Knative, &rendered).unwrap();
            assert_eq!(found, search(&schedule, &model, &zone, moment(from)), "{text} from {from}");
        }
    }
}

/// A schedule of few times a day, most of them in the hours in which clocks are changed.
fn sparse_schedule(random: &mut Random) -> Schedule {
    loop {
        let minute = random.pick(&["0", "15", "30", "45", "10,50"]);
        let hour = random.pick(&["0", "1", "2", "3", "4", "23", "0-2", "1,3", "23-1", "*/6", "0,12"]);
        let days = random.pick(&["* * *", "* * *", "* * 0", "* * 6", "* * 4,5", "1 * *", "*/2 * *", "25-31 3,10 *"]);
        if let Ok(schedule) = Schedule::parse(&format!("{minute} {hour} {days}"), None) {
            return schedule;
        }
    }
}

/// The first difference, by stepping through five years.
fn search(schedule: &Schedule, model: &Model, zone: &TimeZone, from: Timestamp) -> Option<(Timestamp, Side)> {
    let to = years_after(from);
    let mut ours = schedule.upcoming(from, zone, usize::MAX).take_while(|at| *at <= to);
    let mut theirs: Box<dyn Iterator<Item = Timestamp>> = match model.clock {
        ClockRule::Robfig => {
            let next = |after: &Timestamp| robfig::next(model, zone, *after);
            Box::new(iter::successors(next(&from), next).take_while(|at| *at <= to))
        }
        _ => Box::new(by_the_clock(model, zone, from, to).into_iter()),
    };
    loop {
        let (ours, theirs) = (ours.next(), theirs.next());
        let unclear = |at: Timestamp| model.clock == ClockRule::Unclear && times_shown(zone, at) == 2;
        match (ours, theirs) {
            (None, None) => return None,
            (ours, Some(at)) if ours.is_none_or(|ours| at <= ours) && unclear(at) => return Some((at, Side::Unclear)),
            (Some(ours), theirs) if theirs.is_none_or(|theirs| ours < theirs) => return Some((ours, Side::Schedule)),
            (ours, Some(theirs)) if ours != Some(theirs) => return Some((theirs, Side::Platform)),
            _ => {}
        }
    }
}

/// When a clock on the wall shows a matching time, or the first time if a platform says so.
fn by_the_clock(model: &Model, zone: &TimeZone, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
    let date = |instant: Timestamp| zone.to_datetime(instant).date();
    let days = iter::successors(Some(date(from)), |date| date.tomorrow().ok());
    let mut found: Vec<Timestamp> = days
        .take_while(|day| *day <= date(to))
        .filter(|day| model.fires_on(*day))
        .flat_map(|day| times_of(model).flat_map(move |time| instants(zone, day, time, model.clock)))
        .filter(|at| *at > from && *at <= to)
        .collect();
    found.sort();
    found
}

fn instants(zone: &TimeZone, day: Date, time: Time, clock: ClockRule) -> Vec<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(day.to_datetime(time));
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        return Vec::new();
    }
    let (earlier, later) = (ambiguous.earlier().unwrap(), ambiguous.later().unwrap());
    if clock == ClockRule::Once || earlier == later { vec![earlier] } else { vec![earlier, later] }
}

fn times_shown(zone: &TimeZone, at: Timestamp) -> usize {
    let time = zone.to_datetime(at);
    instants(zone, time.date(), time.time(), ClockRule::Unclear).len()
}

/// Texts that mean something else than the schedule, and where that is first seen.
#[test]
fn other_texts_are_disagreements() {
    let from = moment("2026-01-01T00:00:00Z");
    let all = Some(DayMatch::All);
    let any = Some(DayMatch::Any);
    for (target, source, day_match, text, message) in [
        (Target::Aws, "0 12 * * SUN", None, "cron(0 12 ? * 7 *)", "EventBridge Scheduler fires at 2026-01-03 12:00"),
        (Target::Aws, "0 12 * * MON", None, "cron(0 12 ? * 1 *)", "EventBridge Scheduler fires at 2026-01-04 12:00"),
        (Target::Azure, "0 0 13 * FRI", any, "0 0 0 13 * 5", "Azure Functions does not fire at 2026-01-02 00:00"),
        (Target::Azure, "0 0 22-2 * * *", None, "0 0 22-2 * * *", "Azure Functions does not fire at 2026-01-01 01:00"),
        (
            Target::Azure,
            "0 0 * * FRI-MON",
            None,
            "0 0 0 * * FRI-MON",
            "Azure Functions does not fire at 2026-01-03 00:00",
        ),
        (Target::Google, "0 0 13 * FRI", all, "0 0 13 * 5", "Cloud Scheduler fires at 2026-01-02 00:00"),
        (Target::Knative, "0 0 13 * FRI", all, "0 0 13 * 5", "Knative's PingSource fires at 2026-01-02 00:00"),
        (Target::Knative, "0 0 * * FRI", None, "0 0 1-31 * 5", "Knative's PingSource fires at 2026-01-03 00:00"),
        (
            Target::Knative,
            "0 0 13 * FRI",
            any,
            "0 0 13 * ?,5",
            "Knative's PingSource does not fire at 2026-01-02 00:00",
        ),
        (
            Target::Knative,
            "*/10 * * * * *",
            None,
            "* * * * *",
            "Knative's PingSource does not fire at 2026-01-01 00:00:10",
        ),
        (Target::Knative, "0 0 29 2 *", None, "0 0 28,29 2 *", "Knative's PingSource fires at 2026-02-28 00:00"),
        (Target::Google, "0 6 * * *", None, "0 5 * * *", "Cloud Scheduler fires at 2026-01-01 05:00"),
    ] {
        let schedule = Schedule::parse(source, day_match).expect(source);
        let error = schedule.prove(target, text, &TimeZone::UTC, from).expect_err(text);
        assert!(matches!(error, ProofError::Disagrees(_)), "{text}: {error}");
        assert!(error.to_string().starts_with(message), "{text}: {error}");
        assert!(!error.to_string().contains("the clock"), "{error}");
    }
}

/// A comparison begins and ends where it says.
#[test]
fn only_the_five_years_are_compared() {
    let schedule = Schedule::parse("0 0 5 6 1 *", None).unwrap();
    let prove = |from| schedule.prove(Target::Google, "0 5 6,7 1 *", &TimeZone::UTC, moment(from));
    let first = |from| match prove(from).expect_err(from) {
        ProofError::Disagrees(difference) => difference.at.timestamp(),
        other => panic!("{other}"),
    };
    assert_eq!(first("2026-01-07T04:59:59Z"), moment("2026-01-07T05:00:00Z"));
    assert_eq!(first("2026-01-07T05:00:00Z"), moment("2027-01-07T05:00:00Z"));
    let leap = Schedule::parse("0 0 5 1 3 *", None).unwrap();
    let prove = |from| leap.prove(Target::Azure, "0 0 5 29 2 *", &TimeZone::UTC, moment(from));
    assert!(prove("2026-01-01T00:00:00Z").is_err());
    // No day matches either of the schedule and the text for five years.
    let leap = Schedule::parse("0 0 5 29 2 *", None).unwrap();
    let zone = zone("Europe/Berlin").unwrap();
    assert_eq!(leap.prove(Target::Knative, "0 5 29 2 *", &zone, moment("2096-03-01T00:00:00Z")), Ok(Proof::Exact));
}

/// A change just before the start is still felt after it.
#[test]
fn a_start_within_a_change_is_compared() {
    let berlin = zone("Europe/Berlin").unwrap();
    let schedule = Schedule::parse("0 30 2 * * *", None).unwrap();
    // In the second pass of the hour from 02:00 to 03:00.
    let proof = schedule.prove(Target::Knative, "30 2 * * *", &berlin, moment("2026-10-25T01:10:00Z")).unwrap();
    let Proof::Differs { first } = proof else { panic!("{proof:?}") };
    assert_eq!((first.at.timestamp(), first.side), (moment("2026-10-25T01:30:00Z"), Side::Platform));
    let proof = schedule.prove(Target::Knative, "30 2 * * *", &berlin, moment("2026-10-25T01:30:00Z")).unwrap();
    let Proof::Differs { first } = proof else { panic!("{proof:?}") };
    assert_eq!((first.at.timestamp(), first.side), (moment("2027-03-28T01:00:00Z"), Side::Schedule));
}

#[test]
fn unreadable_texts_say_why() {
    let schedule = Schedule::parse("0 0 0 * * *", None).unwrap();
    let from = moment("2026-01-01T00:00:00Z");
    let message = |target, text, zone: &TimeZone| schedule.prove(target, text, zone, from).expect_err(text).to_string();
    let utc = TimeZone::UTC;
    let berlin = zone("Europe/Berlin").unwrap();
    assert_eq!(
        message(Target::Aws, "cron(0 0 * * * *)", &utc),
        "`cron(0 0 * * * *)` is nothing that EventBridge Scheduler reads: exactly one of the day fields must be `?`"
    );
    for (target, text, zone, reason) in [
        (Target::Aws, "cron(0 0 ? * 5-1 *)", &utc, "the range `5-1` goes backwards"),
        (Target::Aws, "cron(0 0 ? * SUN/2 *)", &utc, "a day of the week has no steps"),
        (Target::Aws, "cron(0 0 ? * 0 *)", &utc, "0 is not from 1 to 7"),
        (Target::Azure, "0 0 0 * * 7", &utc, "7 is not from 0 to 6"),
        (Target::Azure, "0 0 0 ? * *", &utc, "`?` is no value"),
        (Target::Azure, "0 0 0 * * *", &berlin, "its times would be in UTC"),
        (Target::Google, "0 0 */2 * *", &utc, "whether a step from `*` restricts a day field is not documented"),
        (Target::Google, "0 0 0 * * *", &utc, "it does not have five fields"),
        (Target::Google, "0 22-2 * * *", &utc, "`22-2` goes backwards, or nowhere"),
        (Target::Knative, "0 0 * * 7", &utc, "7 is not from 0 to 6"),
    ] {
        assert!(message(target, text, zone).ends_with(reason), "{}", message(target, text, zone));
    }
}

/// Five years of every second are compared in a moment, since they are not looked at one by one.
#[test]
fn a_schedule_for_every_second_is_compared() {
    let schedule = Schedule::parse("* * * * * *", None).unwrap();
    let berlin = zone("Europe/Berlin").unwrap();
    let from = moment("2026-01-01T00:00:00Z") + SignedDuration::from_millis(500);
    assert_eq!(schedule.prove(Target::Knative, "* * * * * *", &berlin, from), Ok(Proof::Exact));
}
