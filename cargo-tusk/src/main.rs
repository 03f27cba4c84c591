//! The command line of tusk-fn.
//!
//! - [`cli`]: what can be typed
//! - [`list`], [`check`], [`build`]: one module for each command
//! - [`functions`]: what a program declares
//! - [`cargo`]: talks to cargo; [`binary`] and [`bitcode`]: read records out of what it built; [`lost`]: finds the functions
//!   that the linker left out
//! - [`package`]: what a provider is given to run: an [`archive`], or an [`image`], which [`registry`] pushes
//! - [`arch`]: the processor; [`files`]: what is written; [`table`]: a list for people
//! - [`error`]: every fault and every word about it; [`console`]: how it is printed
//!
//! Nothing here runs the user's program.

mod arch;
mod archive;
mod ask;
mod binary;
mod bitcode;
mod build;
mod cargo;
mod check;
mod cli;
mod console;
mod cross;
mod error;
mod files;
mod functions;
mod image;
mod list;
mod lost;
mod package;
mod program;
mod registry;
mod table;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = cli::parse();
    let done = match &arguments.command {
        cli::Command::List(options) => list::run(options),
        cli::Command::Check(options) => check::run(options),
        cli::Command::Build(options) => build::run(options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            console::print_error(&error);
            ExitCode::from(error.exit_code())
        }
    }
}
