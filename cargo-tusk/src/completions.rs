//! `cargo tusk completions`: what a shell needs to complete `cargo-tusk`.

use std::io::Write as _;

use clap::CommandFactory as _;

use crate::cli::{Arguments, CompletionsOptions};
use crate::error::Error;

pub(crate) fn run(options: &CompletionsOptions) -> Result<(), Error> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Arguments::command(), "cargo-tusk", &mut script);
    std::io::stdout().lock().write_all(&script).map_err(Error::Output)
}
