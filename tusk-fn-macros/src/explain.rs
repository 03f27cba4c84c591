//! `TUSK_FN_EXPLAIN=1`: tells, while a program compiles, what each of its schedules means and when it fires next.
//!
//! The compiler shows no notes of stable macros, so these go to its standard error, which cargo passes on. `library!` reads
//! the variable as well: that is what makes cargo compile a crate again for which it has changed.

use std::time::SystemTime;

use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::Trigger;

use crate::signature::{Function, position};

/// The variable.
const VARIABLE: &str = "TUSK_FN_EXPLAIN";

/// Tells what a timer's schedule means, if that is asked for.
pub(crate) fn explain(function: &Function, record: &FunctionRecord) {
    let Trigger::Timer(timer) = &record.trigger else { return };
    if std::env::var_os(VARIABLE).is_none_or(|value| value.is_empty() || value == "0") {
        return;
    }
    let (file, line) = position(&function.signature.ident);
    let lines = timer.explain(SystemTime::now()).into_iter().map(|line| format!("\n  = {line}"));
    let (name, text, zone) = (&record.name, &timer.text, &timer.zone);
    let lines: String = lines.collect();
    // One write, so that the notes of crates that compile at the same time are not mixed.
    let note = format!("note: when `{name}` runs: {text:?} in {zone}\n --> {file}:{line}{lines}\n\n");
    eprint!("{note}");
}
