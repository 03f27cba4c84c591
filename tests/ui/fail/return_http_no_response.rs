//! A type that is no response.

use tusk_fn::tusk_fn;

struct User;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() -> User {
    User
}

tusk_fn::main!();
