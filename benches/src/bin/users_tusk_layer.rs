//! The subject with one tower layer around the handlers.

use std::process::ExitCode;

use tower::util::MapResponseLayer;
use tusk_fn::prelude::*;
use tusk_fn::{App, HeaderMap, HeaderValue, Response, header};
use tusk_fn_benches::{LAYER_HEADER, NewUser, User};

tusk_fn::library!();

fn main() -> ExitCode {
    App::new().layer(MapResponseLayer::new(stamp)).main()
}

#[tusk_fn(trigger = "http", route = "users/<id>", auth = "public")]
async fn user(id: u64) -> Json<User> {
    Json(User::numbered(id))
}

#[tusk_fn(trigger = "http", route = "users", methods = ["POST"], auth = "public")]
async fn create(headers: HeaderMap, Json(user): Json<NewUser>) -> (StatusCode, Json<User>) {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    (StatusCode::CREATED, Json(User::created(&user, authorization)))
}

fn stamp(mut response: Response) -> Response {
    let (name, value) = LAYER_HEADER;
    response.headers_mut().insert(name, HeaderValue::from_static(value));
    response
}
