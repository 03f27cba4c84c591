//! A type that cannot be written.

use tusk_fn::tusk_fn;

struct Report;

#[tusk_fn(trigger = "timer", schedule = "@daily")]
async fn users() -> Report {
    Report
}

tusk_fn::main!();
