//! The subject: the two handlers in tusk-fn. One binary is both the Lambda and the server.

use tusk_fn::prelude::*;
use tusk_fn::{HeaderMap, header};
use tusk_fn_benches::{NewUser, User};

tusk_fn::main!();

#[tusk_fn(trigger = "http", route = "users/<id>", auth = "public")]
async fn user(id: u64) -> Json<User> {
    Json(User::numbered(id))
}

#[tusk_fn(trigger = "http", route = "users", methods = ["POST"], auth = "public")]
async fn create(headers: HeaderMap, Json(user): Json<NewUser>) -> (StatusCode, Json<User>) {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    (StatusCode::CREATED, Json(User::created(&user, authorization)))
}
