//! The table: a line for each command and each of its times, a column for each crate.

use std::fmt::Write as _;
use std::time::Duration;

use crate::frameworks::{FRAMEWORKS, SUBJECT};
use crate::measure::{COMMANDS, Times};

/// What is promised of the processor's time: at most this ratio to another crate's.
const TARGETS: [(&str, f64); 2] = [("axum", 1.3), ("dropshot", 1.0)];

/// All medians, and the subject's ratios to those that it has a target beside.
pub(crate) fn table(times: &[[Vec<Times>; COMMANDS.len()]]) -> String {
    let mut table = format!("{:<26}", "");
    for framework in FRAMEWORKS {
        let _ = write!(table, "{:>10}", framework.name);
    }
    for (name, target) in TARGETS {
        let _ = write!(table, "   {:<22}", format!("to {name}, <= {target:.2}"));
    }
    table = table.trim_end().to_owned() + "\n";
    for (index, command) in COMMANDS.iter().enumerate() {
        let of = |time: fn(&Times) -> Duration| {
            times.iter().map(|it| median(it[index].iter().map(time).collect())).collect::<Vec<_>>()
        };
        table += &line(&format!("cargo {command}, processor"), &of(|it| it.processor), true);
        table += &line(&format!("cargo {command}, clock"), &of(|it| it.clock), false);
    }
    table
}

fn line(title: &str, medians: &[Duration], judged: bool) -> String {
    let seconds = |name: &str| {
        let column = FRAMEWORKS.iter().position(|framework| framework.name == name);
        column.and_then(|column| medians.get(column)).map(Duration::as_secs_f64)
    };
    let mut line = format!("{title:<26}");
    for median in medians {
        let _ = write!(line, "{:>10.2}", median.as_secs_f64());
    }
    for (name, target) in TARGETS {
        let ratio = seconds(SUBJECT).zip(seconds(name)).map(|(subject, other)| subject / other);
        let cell = ratio.map(|ratio| if judged { verdict(ratio, target) } else { format!("{ratio:.2}") });
        let _ = write!(line, "   {:<22}", cell.unwrap_or_default());
    }
    line.trim_end().to_owned() + "\n"
}

fn verdict(ratio: f64, target: f64) -> String {
    if ratio <= target {
        format!("{ratio:.2} met")
    } else {
        format!("{ratio:.2} MISSED by {:.0} %", (ratio / target - 1.0) * 100.0)
    }
}

/// The middle of the times; of two middles the greater.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_met_or_missed_by_so_much() {
        assert_eq!(verdict(1.3, 1.3), "1.30 met");
        assert_eq!(verdict(1.43, 1.3), "1.43 MISSED by 10 %");
    }

    #[test]
    fn ratios_are_those_of_the_medians() {
        let times = |seconds: u64| {
            let outlier = Times { processor: Duration::from_mins(15), clock: Duration::from_mins(15) };
            let usual = Times { processor: Duration::from_secs(seconds), clock: Duration::from_secs(seconds) };
            [vec![usual, outlier, usual], vec![usual, outlier, usual]]
        };
        let table = table(&[times(1), times(10), times(40), times(20)]);
        let check = table.lines().nth(1).unwrap_or_default();
        assert!(check.starts_with("cargo check, processor") && check.contains("2.00 MISSED by 54 %"), "{table}");
        assert!(check.ends_with("0.50 met"), "{table}");
    }
}
