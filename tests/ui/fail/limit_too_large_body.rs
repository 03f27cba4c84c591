//! A larger body than Lambda takes.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "http", route = "files", methods = ["POST"], body_limit = "8MB", targets = ["aws"])]
async fn handle(_: Bytes) {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "files", methods = ["POST"], body_limit = "6MB", targets = ["aws"])]
