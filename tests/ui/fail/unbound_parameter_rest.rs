//! A rest that no argument takes.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "files/<path..>")]
async fn users() {}

tusk_fn::main!();

// Corrected:
// 6: async fn users(path: String) {}
