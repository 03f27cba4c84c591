//! A function in an impl block.

use tusk_fn::tusk_fn;

struct Users;

impl Users {
    #[tusk_fn(trigger = "http", route = "users")]
    async fn users() {}
}

tusk_fn::main!();
