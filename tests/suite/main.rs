//! The tests that need a whole program, in one binary: linking is what takes time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed expectation is a failed test")]

mod aws;
mod azure;
mod container;
mod events;
mod google;
mod knative;
mod library;
mod local;
mod new;
mod portable;
mod server;
#[path = "../stories/shop.rs"]
mod shop;
mod support;
mod ui;
#[path = "../stories/users.rs"]
mod users;

tusk_fn::library!();
