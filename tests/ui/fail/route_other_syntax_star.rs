//! As Azure writes it.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "files/*path")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 5: #[tusk_fn(trigger = "http", route = "files/<path..>")]
// 6: async fn users(path: String) {}
