//! `impl Trait`.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users(name: impl ToString) {
    let _ = name.to_string();
}

tusk_fn::main!();

// Corrected:
// 6: async fn users(name: String) {
