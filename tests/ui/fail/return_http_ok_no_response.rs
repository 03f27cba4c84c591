//! A result whose value is no response.

use tusk_fn::prelude::*;

struct User;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() -> Result<User, HttpError> {
    Ok(User)
}

tusk_fn::main!();
