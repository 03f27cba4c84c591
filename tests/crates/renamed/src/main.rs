//! A program whose author renamed the dependency, and denies every lint that could see an expansion.

mod orders;

use std::env::{self, VarError};
use std::io;
use std::process::ExitCode;

use functions::prelude::*;
use functions::{App, tusk_fn};

/// The state.
#[derive(Clone, Debug)]
struct Greeting(String);

/// Makes it.
#[functions::init]
async fn greeting() -> Result<Greeting, VarError> {
    Ok(Greeting(env::var("GREETING").unwrap_or_else(|_| "hello".to_owned())))
}

/// Greets.
#[tusk_fn(trigger = "http", route = "greetings/<name?>", auth = "public", timeout = "5s")]
async fn greet(name: Option<String>, State(greeting): State<Greeting>) -> String {
    format!("{}, {}", greeting.0, name.as_deref().unwrap_or("world"))
}

/// Cleans up.
#[tusk_fn(trigger = "timer", schedule = "0 */5 * * * *")]
async fn sweep(timer: Timer, _context: Context) -> Result<String, io::Error> {
    Ok(timer.scheduled_at.to_string())
}

/// Is not there without its feature.
#[tusk_fn(trigger = "http", route = "extra")]
#[cfg(feature = "extra")]
async fn extra() {}

functions::library!();

fn main() -> ExitCode {
    App::new().main()
}
