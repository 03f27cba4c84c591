//! JSON of a type that cannot be written.

use tusk_fn::prelude::*;

struct User;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() -> Json<User> {
    Json(User)
}

tusk_fn::main!();
