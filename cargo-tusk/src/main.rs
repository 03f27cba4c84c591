//! The command line of tusk-fn.
//!
//! - [`cli`]: what can be typed
//! - [`new`], [`add`], [`list`], [`routes`], [`schedule`], [`check`], [`build`], [`manifest`], [`completions`]: one module for each
//!   command
//! - [`template`]: the functions that are written; [`dependencies`]: what they need
//! - [`functions`]: what a program declares
//! - [`cargo`]: talks to cargo; [`binary`] and [`bitcode`]: read records out of what it built; [`lost`]: finds the functions
//!   that the linker left out
//! - [`package`]: what a provider is given to run: an [`archive`], or an [`image`], which [`registry`] pushes
//! - [`arch`]: the processor; [`files`]: what is written; [`table`]: a list for people
//! - [`error`]: every fault and every word about it; [`console`]: how it is printed
//!
//! Nothing but [`ask`], for `check`, runs the user's program.

mod add;
mod arch;
mod archive;
mod ask;
mod binary;
mod bitcode;
mod build;
mod cargo;
mod check;
mod cli;
mod completions;
mod console;
mod cross;
mod dependencies;
mod error;
mod files;
mod functions;
mod image;
mod leftover;
mod list;
mod lost;
mod manifest;
mod new;
mod package;
mod program;
mod registry;
mod routes;
mod schedule;
mod table;
mod template;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = cli::parse();
    let done = match &arguments.command {
        cli::Command::New(options) => new::run(options),
        cli::Command::Add(options) => add::run(options),
        cli::Command::List(options) => list::run(options),
        cli::Command::Routes(options) => routes::run(options),
        cli::Command::Schedule(options) => schedule::run(options),
        cli::Command::Check(options) => check::run(options),
        cli::Command::Build(options) => build::run(options),
        cli::Command::Manifest(options) => manifest::run(options),
        cli::Command::Completions(options) => completions::run(options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            console::print_error(&error);
            ExitCode::from(error.exit_code())
        }
    }
}
