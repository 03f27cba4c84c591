//! A small shop over every kind of trigger.
//!
//! ```text
//! POST /orders ─> queue orders ─> fulfil ─> event paid ─> invoice ─> bucket invoices ─> announce ─> topic notifications ─┬> email
//!                     │             └─> table stock ─> watch_stock ──────────────────────────────────────┘               └> operations
//!                     └─ given up ─> queue failed-orders ─> give_up
//! stream page-views ─> count_views                     every night ─> report
//! ```
//!
//! `cargo run -p orders -- demo` places some orders itself, and the log shows how they go through the shop.

mod demo;
mod invoices;
mod notifications;
mod orders;
mod report;
mod stock;

use std::process::ExitCode;

tusk_fn::library!();

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("demo") {
        demo::begin();
    }
    tusk_fn::App::new().main()
}
