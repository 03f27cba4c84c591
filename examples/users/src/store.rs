//! Users in memory: each process has its own. A real service would hold a database's client here.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use tokio::sync::RwLock;
use tusk_fn::jiff::{SignedDuration, Timestamp};

/// One user.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct User {
    id: u64,
    username: String,
    email: String,
    #[serde(skip)]
    created_at: Timestamp,
    confirmed: bool,
}

/// The users of this process.
#[derive(Clone, Default)]
pub(crate) struct Store {
    users: Arc<RwLock<BTreeMap<u64, User>>>,
}

/// Why the store refuses.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// It is full.
    #[error("the store holds {0} users, and takes no more")]
    Full(usize),
    /// The clock is at the beginning of time.
    #[error("no instant lies a day before")]
    NoSuchInstant(#[from] tusk_fn::jiff::Error),
}

/// How many users the store takes: it is memory that any caller can fill.
const CAPACITY: usize = 100_000;
/// How long a user may stay unconfirmed.
const UNCONFIRMED: SignedDuration = SignedDuration::from_hours(24);

impl Store {
    /// All users.
    pub(crate) async fn all(&self) -> Vec<User> {
        self.users.read().await.values().cloned().collect()
    }

    /// One user.
    pub(crate) async fn get(&self, id: u64) -> Option<User> {
        self.users.read().await.get(&id).cloned()
    }

    /// Adds a user.
    pub(crate) async fn add(&self, username: String, email: String) -> Result<User, StoreError> {
        let mut users = self.users.write().await;
        if users.len() >= CAPACITY {
            return Err(StoreError::Full(users.len()));
        }
        let id = users.last_key_value().map_or(1, |(last, _)| last + 1);
        let user = User { id, username, email, created_at: Timestamp::now(), confirmed: false };
        users.insert(id, user.clone());
        Ok(user)
    }

    /// Removes the users that were made more than a day before `now` and never confirmed, and counts them.
    pub(crate) async fn remove_unconfirmed_before(&self, now: Timestamp) -> Result<usize, StoreError> {
        let oldest = now.checked_sub(UNCONFIRMED)?;
        let mut users = self.users.write().await;
        let before = users.len();
        users.retain(|_, user| user.confirmed || user.created_at >= oldest);
        Ok(before - users.len())
    }
}
