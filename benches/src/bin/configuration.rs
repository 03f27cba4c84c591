//! TuskLang beside TOML: the same data in both languages into the same types, by the clock.
//!
//! A round reads each once before the next round begins, so that a busy minute falls on both. The ratio of the medians counts.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// How many functions the file configures.
const FUNCTIONS: usize = 60;
const ROUNDS: usize = 400;
/// What is promised: at most twice the time of `toml`.
const TARGET: f64 = 2.0;

/// What such files hold: texts, numbers, booleans, lists and tables.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Config {
    functions: BTreeMap<String, Function>,
    routes: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Function {
    name: String,
    memory_size: u32,
    timeout: f64,
    tracing: bool,
    subnet_ids: Vec<String>,
    environment_variables: BTreeMap<String, String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let config = config();
    let (ours, theirs) = (tusk_tsk::to_string(&config)?, toml::to_string(&config)?);
    if tusk_tsk::from_str::<Config>(&ours)? != config || toml::from_str::<Config>(&theirs)? != config {
        return Err("the two readers do not agree".into());
    }
    let (mut tusk, mut toml) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        tusk.push(timed(|| tusk_tsk::from_str::<Config>(black_box(&ours)).map(drop))?);
        toml.push(timed(|| toml::from_str::<Config>(black_box(&theirs)).map(drop))?);
    }
    let (tusk, toml) = (median(tusk), median(toml));
    let ratio = tusk.as_secs_f64() / toml.as_secs_f64();
    println!("{FUNCTIONS} functions, {} bytes of TuskLang, {} of TOML", ours.len(), theirs.len());
    println!("tusk-tsk  {:>8.1} µs", tusk.as_secs_f64() * 1e6);
    println!("toml      {:>8.1} µs", toml.as_secs_f64() * 1e6);
    println!("ratio     {ratio:>8.2}     target {TARGET:.2}, {}", if ratio <= TARGET { "met" } else { "missed" });
    Ok(())
}

fn timed<E>(read: impl FnOnce() -> Result<(), E>) -> Result<Duration, E> {
    let start = Instant::now();
    read()?;
    Ok(start.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn config() -> Config {
    let mut config = Config { functions: BTreeMap::new(), routes: BTreeMap::new() };
    for number in 0..FUNCTIONS {
        let mut name = String::from("function_");
        let _ = write!(name, "{number}");
        let variables = (0..6).map(|variable| (format!("VARIABLE_{variable}"), format!("the value of {name}")));
        let function = Function {
            name: name.replace('_', "-"),
            memory_size: 512,
            timeout: 29.5,
            tracing: number % 2 == 0,
            subnet_ids: (0..3).map(|subnet| format!("subnet-{number}-{subnet}")).collect(),
            environment_variables: variables.collect(),
        };
        config.routes.insert(name.clone(), format!("GET /functions/{number}/{{id}}"));
        config.functions.insert(name, function);
    }
    config
}
