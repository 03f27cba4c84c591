//! A condition on an argument.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users(#[cfg(test)] name: String) {
    #[cfg(test)]
    drop(name);
}

tusk_fn::main!();

// Corrected:
// 6: async fn users(name: String) {
