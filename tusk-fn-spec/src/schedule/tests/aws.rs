//! What is rendered for AWS, judged by a small model of AWS's own dialect that shares nothing with the parser.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::super::{DayMatch, Schedule, UnsupportedKind};
use super::{Random, schedule};

/// An expression as AWS's documentation describes it: sets of numbers, days of the week from 1 (SUN) to 7 (SAT).
struct AwsCron {
    minutes: Vec<u8>,
    hours: Vec<u8>,
    days: Option<Vec<u8>>,
    months: Vec<u8>,
    weekdays: Option<Vec<u8>>,
}

const MONTH_NAMES: &str = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC";
const WEEKDAY_NAMES: &str = "SUN MON TUE WED THU FRI SAT";

fn read(expression: &str) -> AwsCron {
    let inner = expression.strip_prefix("cron(").and_then(|rest| rest.strip_suffix(')')).expect("cron(...)");
    let fields: Vec<&str> = inner.split(' ').collect();
    assert_eq!(fields.len(), 6, "{expression}");
    assert!(expression.len() <= 256, "{expression}");
    assert_eq!(fields[5], "*", "{expression}");
    assert_ne!(fields[2] == "?", fields[4] == "?", "exactly one `?` in {expression}");
    let digits_only = |field: &str| !field.contains(|character: char| character.is_ascii_digit());
    assert!(digits_only(fields[3]) && digits_only(fields[4]), "months and weekdays by name in {expression}");
    AwsCron {
        minutes: numbers(fields[0], 0, 59, ""),
        hours: numbers(fields[1], 0, 23, ""),
        days: (fields[2] != "?").then(|| numbers(fields[2], 1, 31, "")),
        months: numbers(fields[3], 1, 12, MONTH_NAMES),
        weekdays: (fields[4] != "?").then(|| numbers(fields[4], 1, 7, WEEKDAY_NAMES)),
    }
}

fn numbers(field: &str, min: u8, max: u8, names: &str) -> Vec<u8> {
    if field == "*" {
        return (min..=max).collect();
    }
    let number = |text: &str| match names.split(' ').position(|name| name == text) {
        Some(index) => min + u8::try_from(index).unwrap(),
        None => text.parse().unwrap_or_else(|_| panic!("{text} in {field}")),
    };
    let mut all = Vec::new();
    for element in field.split(',') {
        let (first, last) = element.split_once('-').unwrap_or((element, element));
        let (first, last) = (number(first), number(last));
        assert!(min <= first && first <= last && last <= max, "{element} in {field}");
        all.extend(first..=last);
    }
    all
}

impl AwsCron {
    fn fires_on(&self, day: Date) -> bool {
        let month = u8::try_from(day.month()).unwrap();
        let number = u8::try_from(day.day()).unwrap();
        let weekday = u8::try_from(day.weekday().to_sunday_one_offset()).unwrap();
        self.months.contains(&month)
            && self.days.as_ref().is_none_or(|days| days.contains(&number))
            && self.weekdays.as_ref().is_none_or(|days| days.contains(&weekday))
    }

    /// The occurrences of some days from `first` on, in UTC.
    fn occurrences(&self, first: Date, days: usize) -> Vec<Timestamp> {
        let midnight = |day: Date| day.at(0, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
        let mut found = Vec::new();
        for day in first.series(jiff::Span::new().days(1)).take(days).filter(|day| self.fires_on(*day)) {
            for hour in &self.hours {
                let minutes = self.minutes.iter().map(|minute| i64::from(*hour) * 60 + i64::from(*minute));
                found.extend(minutes.map(|minute| midnight(day) + SignedDuration::from_mins(minute)));
            }
        }
        found
    }
}

fn assert_same(schedule: &Schedule, expression: &str, days: usize) {
    let first = date(2027, 1, 1);
    let start = first.at(0, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
    let end = start + SignedDuration::from_hours(24 * i64::try_from(days).unwrap());
    let utc = TimeZone::UTC;
    let ours = schedule.upcoming(start - SignedDuration::from_secs(1), &utc, usize::MAX);
    let ours: Vec<Timestamp> = ours.take_while(|found| *found < end).collect();
    let theirs = read(expression).occurrences(first, days);
    assert!(ours == theirs, "{schedule} is not {expression}: {} and {} occurrences", ours.len(), theirs.len());
}

#[test]
fn occurrences_over_two_years_are_those_of_the_source() {
    let expressions = [
        "@hourly",
        "@daily",
        "@weekly",
        "@monthly",
        "@yearly",
        "0 */15 * * *",
        "30 4 * * *",
        "0 0 */2 * *",
        "0 0 */2 * ?",
        "0 0 1/2 * *",
        "0 0 * */2 *",
        "0 0 * */5 *",
        "0 12 * * MON-FRI",
        "0 12 * * 1-5",
        "0 12 * * 0",
        "0 12 * * 7",
        "0 12 * * 5-7",
        "0 12 * * FRI-MON",
        "0 12 * * SAT-SUN",
        "0 12 * * 6,0",
        "0 12 * * */2",
        "0 12 * * */3",
        "0 12 * * 1/3",
        "0 22-2 * * *",
        "15 22-6/2 * * *",
        "0 8,12,17 * * *",
        "*/20 9-17 * * MON-FRI",
        "7 */7 * * *",
        "0,30 8-10 1-7 * *",
        "0 0 31 * *",
        "0 0 29 2 *",
        "0 0 28-31 * *",
        "0 0 25-5 * *",
        "0 0 30 4,6,9,11 *",
        "0 0 ? NOV-FEB MON",
        "59 23 31 12 *",
        "0 0 15 JAN-JUN/2 *",
        "5/10 0-4 * * *",
        "1,2,3,5,8,13,21,34,55 6 * * *",
        "0 0 1,15 * *",
        "10-20 3 * * WED",
        "45 5 ? * tue,THU",
        "0 6 */10 3-10 *",
        "50-10/5 1 * * *",
        "0 0 1-31/7 * *",
    ];
    assert!(expressions.len() >= 40);
    for text in expressions {
        let schedule = schedule(text);
        let expression = schedule.to_aws().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_same(&schedule, &expression, 730);
    }
    // Every minute of two years would be a million occurrences, and shows no more than those of two months.
    assert_same(&schedule("* * * * *"), &schedule("* * * * *").to_aws().unwrap(), 60);
}

#[test]
fn random_schedules_fire_as_the_source_does() {
    let mut random = Random(0xa35);
    let mut compared = 0;
    while compared < 60 {
        let text = random.schedule("0");
        let Ok(schedule) = Schedule::parse(&text, None) else { continue };
        let expression = schedule.to_aws().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_same(&schedule, &expression, 40);
        compared += 1;
    }
}

#[test]
fn expressions_read_as_aws_writes_them() {
    for (text, expression) in [
        ("0 */5 * * * *", "cron(0,5,10,15,20,25,30,35,40,45,50,55 * * * ? *)"),
        ("0 0 9-17 * * MON-FRI", "cron(0 9-17 ? * MON-FRI *)"),
        ("0 0 10 1 JAN,JUL ?", "cron(0 10 1 JAN,JUL ? *)"),
        ("0 0 0 * * FRI-MON", "cron(0 0 ? * SUN,MON,FRI,SAT *)"),
        ("@daily", "cron(0 0 * * ? *)"),
    ] {
        assert_eq!(schedule(text).to_aws().as_deref(), Ok(expression), "{text}");
    }
}

#[test]
fn what_aws_cannot_say_is_an_error() {
    for text in ["*/30 * * * * *", "15 0 0 * * *", "* * * * * *", "0,1 0 0 * * *"] {
        assert!(matches!(schedule(text).to_aws().expect_err(text).kind, UnsupportedKind::Seconds { .. }), "{text}");
    }
    let both = |day_match| Schedule::parse("0 0 1 * MON", Some(day_match)).unwrap().to_aws().expect_err("both");
    assert_eq!(both(DayMatch::All).kind, UnsupportedKind::BothDays);
    let either = both(DayMatch::Any);
    assert!(either.help().unwrap().contains("`0 0 0 1 * *` and `0 0 0 * * 1`"), "{:?}", either.help());
}

#[test]
fn the_longest_expression_is_within_the_limit_of_aws() {
    // Pairs of neighbours are the longest way to write a set, and these are as many as there can be.
    let long = schedule("1-59/3,2-59/3 1-23/3,2-23/3 1-31/3,2-31/3 1-12/3,2-12/3 *").to_aws().unwrap();
    assert!((250..=256).contains(&long.len()), "{}", long.len());
}
