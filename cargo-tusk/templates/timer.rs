//! What is done every night.

use tusk_fn::prelude::*;

/// Runs at half past two in the night, by the clock of `tz`.
#[tusk_fn(trigger = "timer", schedule = "30 2 * * *", tz = "UTC")]
async fn {{function}}(timer: Timer) {
    tracing::info!(night = %timer.scheduled_at, "done for the night");
}

#[cfg(test)]
mod tests {
    use tusk_fn::{App, Payload};

    #[tokio::test]
    async fn it_runs() {
        let functions = App::new().start().await.expect("the program starts");
        functions.invoke("{{name}}", Payload::Empty).await.expect("it is done");
    }
}
