//! The handlers in axum, for the peers that serve them as a program and as a Lambda.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, Router};

use crate::{LAYER_HEADER, NewUser, User};

/// The application, without the layer.
pub fn router() -> Router {
    Router::new().route("/users/{id}", get(user)).route("/users", post(create))
}

/// What the layer does with a response.
pub fn stamp<B>(mut response: Response<B>) -> Response<B> {
    let (name, value) = LAYER_HEADER;
    response.headers_mut().insert(name, HeaderValue::from_static(value));
    response
}

async fn user(Path(id): Path<u64>) -> Json<User> {
    Json(User::numbered(id))
}

async fn create(headers: HeaderMap, Json(user): Json<NewUser>) -> (StatusCode, Json<User>) {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    (StatusCode::CREATED, Json(User::created(&user, authorization)))
}
