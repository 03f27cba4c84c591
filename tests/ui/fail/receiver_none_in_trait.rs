//! A function in a trait.

use tusk_fn::tusk_fn;

trait Users {
    #[tusk_fn(trigger = "http", route = "users")]
    async fn users() {}
}

tusk_fn::main!();
