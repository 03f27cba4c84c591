//! What a command took: on the clock, and of the processor's time.

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use crate::Outcome;

/// The unit of the times in `/proc/PID/stat`: `USER_HZ`, which is 100 wherever Linux runs Rust's std.
const TICK: Duration = Duration::from_millis(10);

/// What is measured of each crate, as cargo calls it.
pub(crate) const COMMANDS: [&str; 2] = ["check", "build"];

/// The times of one command.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    /// On the processor, of the command and of all that it started and waited for.
    pub(crate) processor: Duration,
    /// On the clock.
    pub(crate) clock: Duration,
}

/// Runs a command to its end.
pub(crate) fn timed(command: &mut Command) -> Outcome<(Output, Times)> {
    let (used, started) = (used_by_children()?, Instant::now());
    let output = command.output()?;
    let clock = started.elapsed();
    Ok((output, Times { processor: used_by_children()?.saturating_sub(used), clock }))
}

fn used_by_children() -> Outcome<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    ticks(&stat).map(|ticks| TICK * ticks).ok_or_else(|| format!("unreadable: {stat}").into())
}

/// `cutime` and `cstime`, the 16th and 17th field. The second may contain blanks, so count from its closing bracket.
fn ticks(stat: &str) -> Option<u32> {
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(13);
    let (user, system): (u32, u32) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_are_those_of_the_children() {
        assert_eq!(ticks("12 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 1 2 30 12 20 0"), Some(42));
    }
}
