//! The local provider over real sockets, with real programs as processes of their own.

mod admin;
mod bodies;
mod cloud;
mod crowd;
mod failures;
mod http;
mod log;
mod own_main;
mod start;
mod stop;
mod timers;

use crate::support::{Program, Starter, program};

fn probe() -> Starter {
    program(env!("CARGO_BIN_EXE_probe"))
}

fn clock() -> Starter {
    program(env!("CARGO_BIN_EXE_clock"))
}

/// A probe that serves.
fn served() -> Program {
    probe().serve()
}
