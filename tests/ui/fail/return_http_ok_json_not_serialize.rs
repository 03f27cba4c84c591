//! A result of JSON of a type that cannot be written.

use tusk_fn::prelude::*;

struct User;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() -> Result<Json<User>, HttpError> {
    Ok(Json(User))
}

tusk_fn::main!();
