//! tusk-fn beside its peers: builds them, runs them, and prints one table of figures and ratios for each platform.
//!
//! What runs often is counted in instructions, which do not depend on what else the machine does; times are taken in
//! rounds that visit every peer in turn, so that a busy minute falls on all of them. `benches/README.md` explains how
//! to read the result.

mod bench;
mod cargo;
mod child;
mod measure;
mod peers;
mod report;
mod requests;
mod runtime_api;
mod wire;

use std::error::Error;
use std::process::ExitCode;

use crate::bench::Bench;
use crate::peers::{PEERS, Peer, Platform, Role};

/// What everything here ends with: a person reads the error, no program does.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const USAGE: &str = "usage: compare [--json] [--rounds N] [--starts N] [--only PEER,PEER]

  --json       print the tables as JSON
  --rounds N   rounds of timed requests, of which the median counts (default 5, 0 for none)
  --starts N   starts, of which the median counts (default 20, 0 for none)
  --only LIST  leave out the peers that are not in the list (the reference stays)";

struct Options {
    json: bool,
    rounds: usize,
    starts: usize,
    only: Option<String>,
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
        let mut options = Self { json: false, rounds: 5, starts: 20, only: None };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value\n{USAGE}"));
            match argument.as_str() {
                "--json" => options.json = true,
                "--rounds" => options.rounds = value()?.parse()?,
                "--starts" => options.starts = value()?.parse()?,
                "--only" => options.only = Some(value()?),
                _ => return Err(USAGE.into()),
            }
        }
        Ok(options)
    }

    /// The peers to measure on a platform.
    fn peers(&self, platform: Platform) -> Vec<Peer> {
        let wanted = |peer: &Peer| match &self.only {
            Some(only) => peer.role == Role::Reference || only.split(',').any(|name| name == peer.name),
            None => true,
        };
        PEERS.iter().filter(|peer| peer.platform == platform && wanted(peer)).copied().collect()
    }
}

fn run(options: &Options) -> Outcome<()> {
    let (aws, http) = (options.peers(Platform::Aws), options.peers(Platform::Http));
    let binaries = cargo::build(&[&aws[..], &http].concat())?;
    let valgrind = child::valgrind();
    match &valgrind {
        Some(version) => eprintln!("counting instructions with {version}"),
        None => eprintln!("valgrind is not installed: NO INSTRUCTIONS ARE COUNTED, and their targets stay open"),
    }
    let counting = valgrind.is_some();
    let tables = [
        Bench { peers: &aws, binaries: &binaries, counting, options }.aws()?,
        Bench { peers: &http, binaries: &binaries, counting, options }.http()?,
    ];
    if options.json {
        println!("{}", serde_json::to_string_pretty(&serde_json::json!({"valgrind": valgrind, "tables": tables}))?);
    } else {
        for table in &tables {
            println!("{table}");
        }
        if !counting {
            println!("valgrind is not installed: no instructions were counted.");
        }
    }
    Ok(())
}
