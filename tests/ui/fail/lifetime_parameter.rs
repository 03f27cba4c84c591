//! A lifetime parameter.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users<'a>() -> &'a str {
    ""
}

tusk_fn::main!();

// Corrected:
// 6: async fn users() -> &'static str {
