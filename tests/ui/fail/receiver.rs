//! A method.

use tusk_fn::tusk_fn;

struct Users;

impl Users {
    #[tusk_fn(trigger = "http", route = "users")]
    async fn users(&self) {}
}

tusk_fn::main!();

// Corrected:
// 7:
// 9: async fn users() {}
// 10:
