//! The user service: five routes, a scheduled task, shared state.

mod store;

use std::path::PathBuf;

use serde::Deserialize;
use tusk_fn::prelude::*;

use crate::store::{Store, StoreError, User};

/// Opens the store, once per process.
#[tusk_fn::init]
async fn open_store() -> Result<Store, StoreError> {
    let path = std::env::var_os("USERS_FILE").map_or_else(|| std::env::temp_dir().join("users.json"), PathBuf::from);
    Store::open(path).await
}

/// Says that the service is there.
#[tusk_fn(trigger = "http", route = "health", auth = "public")]
async fn health() -> &'static str {
    "ok"
}

/// Lists all users.
#[tusk_fn(trigger = "http", route = "users", auth = "public")]
async fn list_users(store: State<Store>) -> Result<Json<Vec<User>>, StoreError> {
    Ok(Json(store.all().await?))
}

/// Looks up one user.
#[tusk_fn(trigger = "http", route = "users/<id>", auth = "public")]
async fn get_user(id: u64, store: State<Store>) -> Result<Json<User>, HttpError> {
    let user = store.get(id).await?.ok_or_else(|| HttpError::not_found(format!("there is no user {id}")))?;
    Ok(Json(user))
}

/// What a caller sends to make a user.
#[derive(Deserialize)]
struct NewUser {
    username: String,
    email: String,
}

/// Makes a user.
#[tusk_fn(trigger = "http", route = "users", methods = ["POST"], auth = "public")]
async fn create_user(store: State<Store>, Json(user): Json<NewUser>) -> Result<(StatusCode, Json<User>), HttpError> {
    for (field, value) in [("username", &user.username), ("email", &user.email)] {
        if value.trim().is_empty() {
            return Err(HttpError::bad_request(format!("`{field}` is empty")));
        }
    }
    let user = store.add(user.username, user.email).await?;
    Ok((StatusCode::CREATED, Json(user)))
}

/// Removes users that were never confirmed.
#[tusk_fn(trigger = "timer", schedule = "0 */5 * * * *")]
async fn clean_up(timer: Timer, store: State<Store>) -> Result<usize, StoreError> {
    let removed = store.remove_unconfirmed_before(timer.scheduled_at).await?;
    tracing::info!(removed, "cleaned up");
    Ok(removed)
}

tusk_fn::main!();
