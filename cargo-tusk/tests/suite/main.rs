//! `cargo-tusk` as it is typed: on object files of every format, and on small workspaces that are really built.
//!
//! Nothing is downloaded: the workspaces depend on an empty package that is called `tusk-fn`, and hold records as the
//! attribute would write them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed expectation is a failed test")]

mod binaries;
mod build;
mod check;
mod new;
mod objects;
mod packages;
mod support;
mod views;
