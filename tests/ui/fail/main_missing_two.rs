//! No `main!`, one error for each function: two errors.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() {}

mod timers {
    #[tusk_fn::tusk_fn(trigger = "timer", schedule = "@daily")]
    async fn sweep() {}
}

fn main() {}
