//! A result whose value cannot be written.

use tusk_fn::tusk_fn;

struct Report;

#[tusk_fn(trigger = "timer", schedule = "@daily")]
async fn users() -> Result<Report, std::io::Error> {
    Ok(Report)
}

tusk_fn::main!();
