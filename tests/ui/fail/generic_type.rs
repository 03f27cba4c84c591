//! A type parameter.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users<T: Send>(value: T) {
    let _ = value;
}

tusk_fn::main!();

// Corrected:
// 6: async fn users(value: String) {
