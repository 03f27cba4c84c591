//! What schedules become on each platform: the table `platforms.txt`.
//!
//! After a change that is meant, the table is what the failed test prints; read its difference before it is kept.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::{DayMatch, Proof, Schedule, zone};
use crate::provider::Target;

const TABLE: &str = include_str!("platforms.txt");

/// What the proofs start from, where nothing else is said.
const FROM: &str = "2026-01-01T00:00:00Z";

fn moment(text: &str) -> Timestamp {
    text.parse().expect(text)
}

/// A row is a line `schedule | zone | options`, and below it a line for each platform.
#[test]
fn every_row_of_the_table_is_what_comes_out() {
    let rows: Vec<&str> = TABLE.lines().filter(|line| line.contains(" | ") && !line.starts_with(['#', ' '])).collect();
    assert!(rows.len() >= 60, "{} rows", rows.len());
    let comments: Vec<&str> = TABLE.lines().take_while(|line| line.starts_with('#')).collect();
    let found = rows.into_iter().fold(format!("{}\n", comments.join("\n")), |found, line| found + "\n" + &row(line));
    let different = found.lines().zip(TABLE.lines()).find(|(found, expected)| found != expected);
    assert!(found == TABLE, "the first line that differs: {different:#?}\nthe whole table:\n{found}");
}

fn row(line: &str) -> String {
    let [text, zone_name, options] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else { panic!("{line}") };
    let (mut day_match, mut from) = (None, FROM);
    for option in options.split_ascii_whitespace() {
        match option.strip_prefix("from=") {
            Some(instant) => from = instant,
            None => day_match = Some(DayMatch::from_name(option).expect(option)),
        }
    }
    let schedule = Schedule::parse(text, day_match).unwrap_or_else(|error| panic!("{text}: {error}"));
    let zone = zone(zone_name).expect(zone_name);
    let mut row = format!("{}\n", line.trim_end());
    for target in Target::ALL {
        let outcome = outcome(&schedule, target, &zone, moment(from));
        writeln!(row, "    {:<8} {outcome}", target.name()).unwrap();
    }
    row
}

fn outcome(schedule: &Schedule, target: Target, zone: &TimeZone, from: Timestamp) -> String {
    let text = match schedule.render_for(target, zone) {
        Ok(text) => text,
        Err(error) => return format!("error: {error}; help: {}", error.help().unwrap()),
    };
    let proof = schedule.prove(target, &text, zone, from).unwrap_or_else(|error| panic!("{schedule}: {error}"));
    match proof {
        Proof::Exact => format!("`{text}`, exact"),
        Proof::Differs { first } => format!("`{text}`, differs: {first}"),
    }
}
