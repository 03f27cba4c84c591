//! What many functions cost to compile: one crate of them with tusk-fn, beside the same in dropshot and in axum.
//!
//! Writes the crates into the target directory, builds what they depend on, and then compiles each again and again by itself.
//! A round visits every crate in turn, so that a busy minute falls on all. `benches/README.md` says how to read the result.

mod frameworks;
mod measure;
mod package;
mod report;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::frameworks::FRAMEWORKS;
use crate::measure::{COMMANDS, Times};
use crate::package::Package;

/// What everything here ends with: a person reads the error, no program does.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const USAGE: &str = "usage: functions [--functions N] [--rounds N]

  --functions N   functions in each crate (default 1000)
  --rounds N      rounds, of which the median counts (default 5)";

struct Options {
    functions: usize,
    rounds: usize,
}

fn main() -> ExitCode {
    match Options::parse(std::env::args().skip(1)).and_then(|options| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Outcome<Self> {
        let mut options = Self { functions: 1000, rounds: 5 };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value\n{USAGE}"));
            match argument.as_str() {
                "--functions" => options.functions = value()?.parse()?,
                "--rounds" => options.rounds = value()?.parse()?,
                _ => return Err(USAGE.into()),
            }
        }
        if options.functions == 0 || options.rounds == 0 {
            return Err(format!("nothing is measured without functions and rounds\n{USAGE}").into());
        }
        Ok(options)
    }
}

fn run(options: &Options) -> Outcome<()> {
    let folder = folder()?;
    let packages: Vec<Package> = FRAMEWORKS
        .iter()
        .map(|framework| Package::write(framework, options.functions, &folder))
        .collect::<Outcome<_>>()?;
    for package in &packages {
        for command in COMMANDS {
            eprintln!("{}: cargo {command}, with what it depends on", package.name);
            package.prepare(command)?;
        }
    }
    let mut times = vec![[const { Vec::<Times>::new() }; COMMANDS.len()]; packages.len()];
    for round in 1..=options.rounds {
        eprintln!("round {round} of {}", options.rounds);
        for (index, command) in COMMANDS.iter().enumerate() {
            for (package, times) in packages.iter().zip(&mut times) {
                times[index].push(package.compile(command)?);
            }
        }
    }
    println!("{} functions, medians of {} rounds, seconds\n", options.functions, options.rounds);
    print!("{}", report::table(&times));
    Ok(())
}

/// Where the crates are written: beside the folder that this program was built into.
fn folder() -> Outcome<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(2).ok_or("this program does not lie in a target directory")?;
    Ok(target.join("functions"))
}
