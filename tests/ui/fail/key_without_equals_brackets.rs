//! Brackets for `=`.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route("people"))]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "people")]
