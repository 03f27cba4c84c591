//! `cargo tusk schedule`: when timers fire next.

use std::io::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::schedule;
use tusk_fn_spec::trigger::Trigger;

use crate::cli::ScheduleOptions;
use crate::error::{Error, Problem};
use crate::functions::Functions;
use crate::{console, table};

pub(crate) fn run(options: &ScheduleOptions) -> Result<(), Error> {
    let functions = Functions::load(&options.program)?;
    let from = options.from.unwrap_or_else(Timestamp::now);
    let timers: Vec<Runs<'_>> =
        functions.records.iter().filter_map(|record| Runs::of(record, from, options.count.into())).collect();
    if timers.is_empty() && !options.json {
        console::print_note(&Problem {
            message: "no function is run by a schedule".to_owned(),
            place: None,
            help: Some("one that is has `#[tusk_fn(trigger = \"timer\", schedule = \"30 2 * * *\")]`".to_owned()),
        });
    }
    let mut out = anstream::stdout().lock();
    if options.json {
        let list: Vec<Value> = timers.iter().map(Runs::as_json).collect();
        let text = serde_json::to_string_pretty(&list).map_err(|error| Error::Output(error.into()))?;
        writeln!(out, "{text}").map_err(Error::Output)?;
    } else if !timers.is_empty() {
        let rows: Vec<_> = timers.iter().flat_map(Runs::rows).collect();
        for line in table::lines(["NAME", "SCHEDULE", "ZONE", "NEXT RUNS", "UTC"], &rows) {
            writeln!(out, "{line}").map_err(Error::Output)?;
        }
    }
    functions.none_lost()
}

/// A timer, and when it fires.
struct Runs<'a> {
    name: &'a str,
    schedule: &'a str,
    zone: &'a str,
    /// Each by the zone's clock.
    next: Vec<jiff::Zoned>,
}

impl<'a> Runs<'a> {
    fn of(record: &'a FunctionRecord, from: Timestamp, count: usize) -> Option<Self> {
        let Trigger::Timer(timer) = &record.trigger else { return None };
        // The compiler has refused a zone that is none.
        let zone = schedule::zone(&timer.zone).ok()?;
        let next = timer.schedule.upcoming(from, &zone, count).map(|instant| instant.to_zoned(zone.clone())).collect();
        Some(Self { name: &record.name, schedule: &timer.text, zone: &timer.zone, next })
    }

    /// A row for each run; what they share stands in the first.
    fn rows(&self) -> Vec<[String; 5]> {
        let shared = |at: usize, text: &str| if at == 0 { text.to_owned() } else { String::new() };
        let row = |(at, run): (usize, &jiff::Zoned)| {
            let there = run.strftime("%a %Y-%m-%d %H:%M:%S %:z").to_string();
            let utc = run.timestamp().to_string();
            [shared(at, self.name), shared(at, self.schedule), shared(at, self.zone), there, utc]
        };
        self.next.iter().enumerate().map(row).collect()
    }

    fn as_json(&self) -> Value {
        let next: Vec<String> = self.next.iter().map(|run| run.timestamp().to_string()).collect();
        json!({ "name": self.name, "schedule": self.schedule, "zone": self.zone, "next": next })
    }
}
