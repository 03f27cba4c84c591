//! The language: what parses to which sets, what is refused and how, and that rendering is the inverse of parsing.

use super::super::{DayMatch, Field, LONGEST, Schedule, ScheduleErrorKind};
use super::{Random, parse, schedule};

fn values(text: &str, field: Field) -> Vec<u8> {
    schedule(text).values(field).collect()
}

/// The message, the help, and the part of the text that the error points at.
fn refusal(text: &str) -> (String, String, String) {
    let error = Schedule::parse(text, None).expect_err(text);
    (error.to_string(), error.kind.help().unwrap_or_default(), text[error.range].to_owned())
}

fn assert_refused(text: &str, message: &str, help: &str, at: &str) {
    assert_eq!(refusal(text), (message.to_owned(), help.to_owned(), at.to_owned()), "{text}");
}

#[test]
fn five_fields_fire_at_second_0() {
    assert_eq!(schedule("*/5 * * * *"), schedule("0 */5 * * * *"));
}

#[test]
fn blanks_may_be_several_or_tabs_and_stand_around() {
    assert_eq!(schedule("  0\t*/5 *   * *\n* "), schedule("0 */5 * * * *"));
}

#[test]
fn macros_stand_for_fields() {
    for (name, fields) in [
        ("@hourly", "0 0 * * * *"),
        ("@daily", "0 0 0 * * *"),
        ("@midnight", "0 0 0 * * *"),
        ("@weekly", "0 0 0 * * SUN"),
        ("@monthly", "0 0 0 1 * *"),
        ("@yearly", "0 0 0 1 JAN *"),
        ("@annually", "0 0 0 1 1 *"),
    ] {
        assert_eq!(schedule(name), schedule(fields), "{name}");
    }
}

#[test]
fn sunday_is_0_and_7() {
    assert_eq!(values("0 0 * * 7", Field::DayOfWeek), [0]);
    assert_eq!(values("0 0 * * 5-7", Field::DayOfWeek), [0, 5, 6]);
    assert_eq!(values("0 0 * * 0-7", Field::DayOfWeek), [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(values("0 0 * * 7-2", Field::DayOfWeek), [0, 1, 2]);
    assert_eq!(values("0 0 * * 7-7", Field::DayOfWeek), [0]);
    assert_eq!(values("0 0 * * 7-0", Field::DayOfWeek), [0]);
}

#[test]
fn ranges_wrap() {
    assert_eq!(values("0 22-2 * * *", Field::Hour), [0, 1, 2, 22, 23]);
    assert_eq!(values("0 22-2/2 * * *", Field::Hour), [0, 2, 22]);
    assert_eq!(values("0 0 * * FRI-MON", Field::DayOfWeek), [0, 1, 5, 6]);
    assert_eq!(values("0 0 * * sat-sun", Field::DayOfWeek), [0, 6]);
    assert_eq!(values("0 0 * NOV-FEB *", Field::Month), [1, 2, 11, 12]);
    assert_eq!(values("0 0 25-5/3 * *", Field::DayOfMonth), [3, 25, 28, 31]);
}

#[test]
fn steps_start_at_the_range_or_at_the_value() {
    assert_eq!(values("*/25 * * * *", Field::Minute), [0, 25, 50]);
    assert_eq!(values("5/25 * * * *", Field::Minute), [5, 30, 55]);
    assert_eq!(values("10-30/10 * * * *", Field::Minute), [10, 20, 30]);
    assert_eq!(values("*/60 * * * *", Field::Minute), [0]);
    assert_eq!(values("0 0 */10 * *", Field::DayOfMonth), [1, 11, 21, 31]);
    assert_eq!(values("0 0 * * 1/2", Field::DayOfWeek), [1, 3, 5]);
    assert_eq!(values("0 0 * MAR/3 *", Field::Month), [3, 6, 9, 12]);
}

#[test]
fn a_question_mark_is_a_star_in_the_day_fields() {
    assert_eq!(schedule("0 0 12 ? * MON"), schedule("0 0 12 * * MON"));
    assert_eq!(schedule("0 0 12 1 * ?"), schedule("0 0 12 1 * *"));
}

#[test]
fn both_day_fields_need_day_match_and_others_refuse_it() {
    let both = Schedule::parse("0 0 13 * FRI", None).expect_err("ambiguous");
    assert_eq!(both.kind, ScheduleErrorKind::AmbiguousDays);
    assert_eq!(both.range, 4..12);
    assert!(Schedule::parse("0 0 13 * FRI", Some(DayMatch::All)).is_ok());
    assert!(Schedule::parse("0 0 13 * FRI", Some(DayMatch::Any)).is_ok());
    assert!(Schedule::parse("0 0 */2 * FRI", None).is_err(), "a step restricts");
    assert!(Schedule::parse("0 0 */1 * FRI", None).is_ok(), "a step of 1 does not");
    for (text, reason) in [
        ("0 0 13 * *", "only the day of the month is restricted"),
        ("0 0 * * 5", "only the day of the week is restricted"),
        ("@hourly", "neither day field is restricted"),
    ] {
        let error = Schedule::parse(text, Some(DayMatch::Any)).expect_err(text);
        assert_eq!(error.to_string(), format!("`day_match = \"any\"` has no effect: {reason}"));
    }
}

#[test]
fn dates_that_no_year_has_are_refused() {
    let range = |text: &str, day_match| Schedule::parse(text, day_match).expect_err(text).range;
    assert_eq!(range("0 0 31 2 *", None), 4..8);
    assert_eq!(range("0 0 31 2 MON", Some(DayMatch::All)), 4..8);
    assert_eq!(range("0 0 31 2 MON", Some(DayMatch::Any)), 4..8);
    let help = "write `28`, or `29`, which only leap years have";
    assert_refused("0 0 30-31 2 *", "there is no day 30 or 31 in FEB", help, "30-31 2");
    let help = "write `30`, the last day there is";
    assert_refused("0 0 31 4,6 *", "there is no day 31 in APR or JUN", help, "31 4,6");
    for possible in ["0 0 29 2 *", "0 0 31 2,3 *", "0 0 29-31 2 *", "0 0 30 4 *"] {
        schedule(possible);
    }
}

#[test]
fn shape_faults() {
    let fields = "write second, minute, hour, day of the month, month, day of the week: `0 */5 * * * *`";
    assert_refused("", "the schedule is empty", fields, "");
    assert_refused(" \t", "the schedule is empty", fields, " \t");
    assert_refused("* * *", "the schedule has 3 fields instead of 6, or 5 without the second", fields, "* * *");
    assert_refused("5", "the schedule has 1 field instead of 6, or 5 without the second", fields, "5");
    assert_refused(
        "* * * * * * * *",
        "the schedule has 8 fields instead of 6, or 5 without the second",
        fields,
        "* * * * * * * *",
    );
    let long = format!("{} * * * *", ["1"; 200].join(","));
    assert_eq!(Schedule::parse(&long, None).expect_err("long").range, LONGEST..long.len());
    assert_refused("0 9\u{2013}17 * * *", "a schedule cannot contain `–`", "write `-`", "\u{2013}");
    assert_refused("0\u{a0}9 * * *", "a schedule cannot contain `\\u{a0}`", "write an ordinary blank", "\u{a0}");
    let help = "a field has numbers and names, and between them `,`, `-` and `/`, or it is `*`";
    assert_refused("0;1 9 * * *", "a schedule cannot contain `;`", help, ";");
}

#[test]
fn field_faults() {
    let comma = "remove the comma, or write the value";
    assert_refused(",1 * * * *", "a value is missing next to this comma, in the minute", comma, ",");
    assert_refused("1,,2 * * * *", "a value is missing next to this comma, in the minute", comma, ",,");
    assert_refused("0 1, * * *", "a value is missing next to this comma, in the hour", comma, ",");
    assert_refused("5- * * * *", "the range `5-` has no end", "write both ends, such as `0-59`", "5-");
    assert_refused("0 -5 * * *", "the range `-5` has no start", "write both ends, such as `0-23`", "-5");
    assert_refused("/5 * * * *", "`/5` does not say what to step through", "write `*/5`", "/5");
    assert_refused("*/ * * * *", "a step is missing behind `*/`", "write `*`, or a step such as `*/5`", "*/");
    assert_refused("*/0 * * * *", "a step of 0 never advances", "write a step of 1 or more, or none", "0");
    assert_refused("*/x * * * *", "the step `x` is not a number", "write the step as a number, such as `*/5`", "x");
    let (message, help, at) = refusal("*/90 * * * *");
    assert_eq!(message, "there are only 60 values to go through in steps of 90");
    assert_eq!((help.as_str(), at.as_str()), ("write `0`, or a smaller step", "90"));
    assert_eq!(refusal("30/45 * * * *").1, "write `30`, or a smaller step");
    assert_refused("0 60 * * * *", "the minute cannot be 60, only 0 to 59", "write `0`", "60");
    assert_refused("0 0 24 * * *", "the hour cannot be 24, only 0 to 23", "write `0`", "24");
    assert_refused("0 0 0 0 * *", "the day of the month cannot be 0, only 1 to 31", "write `1` for the first day", "0");
    assert_refused("0 0 0 * 13 *", "the month cannot be 13, only 1 to 12", "write a number from 1 to 12", "13");
    assert_refused("0 0 0 * * 8", "the day of the week cannot be 8, only 0 to 7", "write a number from 0 to 7", "8");
    assert_eq!(refusal("0 99999999999999999999 * * *").2, "99999999999999999999");
    assert_refused("1-2-3 * * * *", "the minute cannot be `1-2-3`", "write a number from 0 to 59", "1-2-3");
    assert_refused("5m * * * *", "the minute cannot be `5m`", "write a number from 0 to 59", "5m");
    assert_refused("0 *-5 * * *", "the hour cannot be `*`", "write a number from 0 to 23", "*");
}

#[test]
fn name_faults() {
    assert_refused("0 0 * * MOM", "unknown day of the week `MOM`", "write `MON`", "MOM");
    assert_refused("0 0 * * MON-Friday", "unknown day of the week `Friday`", "write `FRI`", "Friday");
    assert_refused("0 0 * Sept *", "unknown month `Sept`", "write `SEP`", "Sept");
    let (message, help, _) = refusal("0 0 * XYZ *");
    assert_eq!(message, "unknown month `XYZ`");
    assert_eq!(help, "write a number from 1 to 12, or a name from `JAN` to `DEC`");
    assert_eq!(refusal("0 0 * MON *").0, "`MON` is a day of the week, and this is the month");
    assert_eq!(refusal("0 JAN * * *").0, "`JAN` is a month, and this is the hour");
}

#[test]
fn days_that_quartz_counts_from_1_are_to_be_named() {
    for (text, here, there, at) in [
        ("0 0 9 ? * 2-6", "TUE-SAT", "MON-FRI", "2-6"),
        ("0 9 ? * 7", "SUN", "SAT", "7"),
        ("0 0 9 ? * 1,MON-3/2", "MON,MON-WED/2", "SUN,MON-TUE/2", "1,MON-3/2"),
    ] {
        let written = at;
        assert_refused(
            text,
            &format!("`?` is written for Quartz and AWS, to which `{written}` is {there}, and here it is {here}"),
            &format!("name the days: `{there}` or `{here}`"),
            at,
        );
    }
    // Where Sunday is 0 nobody counts from 1, and names are clear.
    for (text, plain) in [
        ("0 0 9 ? * 0", "0 0 9 * * 0"),
        ("0 0 9 ? * 0-5", "0 0 9 * * 0-5"),
        ("0 0 9 ? * */2", "0 0 9 * * */2"),
        ("0 0 9 ? * MON-FRI/2", "0 0 9 * * MON-FRI/2"),
        ("0 0 9 ? * 00", "0 0 9 * * 0"),
    ] {
        assert_eq!(schedule(text), schedule(plain), "{text}");
    }
}

#[test]
fn a_field_too_few_is_told_from_a_wrong_number() {
    let help = |text: &str| refusal(text).1;
    assert_eq!(
        help("0 30 9 * *"),
        "write a number from 0 to 23; five fields begin with the minute: write `0 30 9 * * *` if these begin with the second"
    );
    assert_eq!(help("0 30 30 * * *"), "write a number from 0 to 23");
    assert_eq!(
        help("0 12 * * MON *"),
        "write `0 0 12 * * MON`: the order is second, minute, hour, day of the month, month, day of the week"
    );
    assert_eq!(
        help("0 0 9 15 JAN"),
        "write a number from 1 to 12; five fields begin with the minute: write `0 0 9 15 JAN *` if these begin with the second"
    );
}

#[test]
fn quartz_values_are_recognised() {
    for (text, at) in [
        ("0 0 L * *", "L"),
        ("0 0 L-3 * *", "L-3"),
        ("0 0 * * FRIL", "FRIL"),
        ("0 0 ? * 5L", "5L"),
        ("0 0 1,L * *", "L"),
    ] {
        let error = Schedule::parse(text, None).expect_err(text);
        assert!(matches!(error.kind, ScheduleErrorKind::LastDay { .. }), "{text}");
        assert_eq!(&text[error.range], at);
    }
    for text in ["0 0 15W * *", "0 0 LW * *", "0 0 W * *"] {
        assert_eq!(Schedule::parse(text, None).expect_err(text).kind, ScheduleErrorKind::NearestWeekday);
    }
    for text in ["0 0 * * 2#1", "0 0 * * MON#1,WED#3"] {
        assert_eq!(Schedule::parse(text, None).expect_err(text).kind, ScheduleErrorKind::NthWeekday);
    }
    let jenkins = Schedule::parse("H/15 * * * *", None).expect_err("Jenkins").kind;
    assert_eq!(jenkins, ScheduleErrorKind::ChosenValue { field: Field::Minute });
    schedule("0 0 * JUL WED");
}

#[test]
fn other_dialects_are_translated() {
    for (text, help) in [
        ("rate(5 minutes)", "write `0 */5 * * * *`"),
        ("rate(1 minute)", "write `0 * * * * *`"),
        ("rate(1 hour)", "write `0 0 * * * *`"),
        ("RATE( 12 hours )", "write `0 0 */12 * * *`"),
        ("rate(1 day)", "write `0 0 0 * * *`"),
        ("rate(7 days)", "write `0 0 0 * * 0`"),
        ("rate(7 minutes)", "choose an interval that divides the minute, the hour or the day evenly"),
        ("@every 5m", "write `0 */5 * * * *`"),
        ("@every 30s", "write `*/30 * * * * *`"),
        (
            "@every 1h30m",
            "write fields such as `0 0 9 * * MON`, or an interval that divides the minute, the hour or the day evenly",
        ),
        ("5m", "write `0 */5 * * * *`"),
        ("1 hour", "write `0 0 * * * *`"),
        ("TZ=Asia/Tokyo 0 9 * * *", "write `schedule = \"0 9 * * *\", tz = \"Asia/Tokyo\"`"),
        ("CRON_TZ=UTC @daily", "write `schedule = \"@daily\", tz = \"UTC\"`"),
        ("0 0 9 * * 1-5 *", "write `0 0 9 * * 1-5`, and look at the year in the handler if it matters"),
        ("every 12 hours", "write `0 0 */12 * * *`"),
        ("every minute", "write `0 * * * * *`"),
        ("00:05:00", "write `0 */5 * * * *`"),
        ("1.00:00:00", "write `0 0 0 * * *`"),
        ("cron(0 10 * * ? *)", "write `0 0 10 * * ?`"),
        ("cron(15 12 ? * 2-6 *)", "write `0 15 12 ? * MON-FRI`"),
        (
            "cron(0 10 L * ? *)",
            "write the fields alone: second, minute, hour, day of the month, month, day of the week",
        ),
        (
            "0 10 ? * MON-FRI *",
            "write `*`, or `0 0 10 ? * MON-FRI` if this is in the order of AWS, minute first and year last",
        ),
        ("0 0 ? * *", ""),
        ("0 0 12 ? * 2 2026", "write `0 0 12 ? * MON`, and look at the year in the handler if it matters"),
        ("0 10 * * ? 2026", "write `*`"),
        ("0 10 * * 2 2026", "write `0 0 10 * * MON`, and look at the year in the handler if it matters"),
        ("0 10 L 2 * 2026", "write a number from 0 to 23"),
        ("0 0 10 ? * 3L 2026-2027", "leave the year out, and look at it in the handler"),
        ("daily", "write `@daily`"),
        ("@dayly", "write `@daily`"),
        ("@Daily", "write `@daily`"),
        ("@fortnightly", "write `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`, or six fields"),
        ("@daily 5", "write `@daily` alone, or six fields"),
        ("@reboot", "do it in a function marked `#[tusk_fn::init]`, which runs once per process"),
        ("at(2026-01-01T00:00:00)", "write what repeats, such as `0 0 12 * * *`"),
    ] {
        match Schedule::parse(text, None) {
            Ok(_) => assert_eq!(help, "", "{text} was accepted"),
            Err(error) => assert_eq!(error.kind.help().unwrap_or_default(), help, "{text}"),
        }
    }
}

#[test]
fn rendering_is_canonical() {
    for (text, canonical) in [
        ("*/5 * * * *", "0 */5 * * * *"),
        ("0,5,10,15,20,25,30,35,40,45,50,55 * * * *", "0 */5 * * * *"),
        ("0,45 * * * *", "0 0,45 * * * *"),
        ("0,30 * * * *", "0 */30 * * * *"),
        ("0 9-17 * * MON-FRI", "0 0 9-17 * * 1-5"),
        ("0 22-2 * * FRI-MON", "0 0 0-2,22,23 * * 0,1,5,6"),
        ("0 0 1-31 * 0-7", "0 0 0 * * *"),
        ("0 0 */2 * ?", "0 0 0 */2 * *"),
        ("5/10 * * * *", "0 5,15,25,35,45,55 * * * *"),
    ] {
        assert_eq!(schedule(text).to_string(), canonical, "{text}");
    }
}

#[test]
fn rendering_parses_to_the_same_schedule() {
    let mut random = Random(0x5eed);
    let mut accepted = 0;
    for _ in 0..20_000 {
        let second = random.field(0, 59);
        let text = random.schedule(&second);
        let Ok(parsed) = parse(&text) else { continue };
        accepted += 1;
        let rendered = parsed.to_string();
        assert_eq!(Schedule::parse(&rendered, parsed.day_match()), Ok(parsed), "{text} as {rendered}");
    }
    assert!(accepted > 8000, "only {accepted} texts were accepted");
}

#[test]
fn no_text_panics_and_every_range_can_be_shown() {
    let alphabet = [
        "*",
        "/",
        "-",
        ",",
        " ",
        "\t",
        "0",
        "5",
        "7",
        "59",
        "60",
        "?",
        "L",
        "W",
        "#",
        "MON",
        "jan",
        "é",
        "–",
        "@",
        "(",
        ")",
        ":",
        ".",
        "rate(",
        "cron(",
        "every ",
        "2026",
        "H",
        "0 0 ",
        "* * ",
        "\u{0}",
        "99999999999",
    ];
    let mut random = Random(0xfau64);
    for _ in 0..100_000 {
        let count = random.below(14);
        let text: String = (0..count).map(|_| random.pick(&alphabet)).collect();
        for day_match in [None, Some(DayMatch::Any), Some(DayMatch::All)] {
            if let Err(error) = Schedule::parse(&text, day_match) {
                let shown = text.get(error.range).unwrap_or_else(|| panic!("{text:?} has a range outside"));
                assert_eq!(shown.is_empty(), text.is_empty(), "{text:?}");
                assert!(!error.kind.message().is_empty() && error.kind.help() != Some(String::new()));
            }
        }
    }
}
