//! What the peers have in common: the data of the two handlers, and each handler once per framework.
//!
//! Every peer answers the same two requests. `GET /users/{id}` gives [`User::numbered`]; `POST /users` takes a
//! [`NewUser`] and one request header and gives [`User::created`]. The `_layer` binaries add one tower layer that puts
//! [`LAYER_HEADER`] on the response. A module here is compiled only into the peer whose feature names it.

use serde::{Deserialize, Serialize};

#[cfg(any(feature = "http_axum", feature = "lambda_http_axum"))]
pub mod axum_app;
#[cfg(feature = "lambda_by_hand")]
pub mod by_hand;

/// The response header that the layer adds, and its value.
pub const LAYER_HEADER: (&str, &str) = ("x-served-by", "users");

/// What both handlers answer with.
#[derive(Debug, Serialize)]
pub struct User {
    /// The user's number.
    pub id: u64,
    /// The name to show.
    pub name: String,
}

/// What the second handler is asked with.
#[derive(Debug, Deserialize)]
pub struct NewUser {
    /// The name to log in with.
    pub username: String,
    /// Where to write to.
    pub email: String,
}

impl User {
    /// The answer to `GET /users/{id}`.
    #[must_use]
    pub fn numbered(id: u64) -> Self {
        Self { id, name: format!("user {id}") }
    }

    /// The answer to `POST /users`. Each input goes into it, so that no compiler can leave out reading one.
    #[must_use]
    pub fn created(user: &NewUser, authorization: &str) -> Self {
        let id = u64::try_from(authorization.len() + user.email.len()).unwrap_or(u64::MAX);
        Self { id, name: user.username.clone() }
    }
}
