//! Users in a file, so that all functions see the same ones, whether one process serves them or each has its own.
//!
//! `USERS_FILE` names the file. A deployed service would have a database here: functions in a cloud share no disk.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tusk_fn::jiff::{SignedDuration, Timestamp};

/// One user.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct User {
    id: u64,
    username: String,
    email: String,
    confirmed: bool,
    created_at: Timestamp,
}

type Users = BTreeMap<u64, User>;

/// Where the users are.
#[derive(Clone)]
pub(crate) struct Store {
    path: Arc<PathBuf>,
}

/// Why the store cannot do what it is asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// It holds as many users as it takes: any caller can add some.
    #[error("the store holds {CAPACITY} users, and takes no more")]
    Full,
    /// The file cannot be used.
    #[error("cannot use the file of users")]
    File(#[from] std::io::Error),
    /// The file holds something else.
    #[error("the file of users cannot be read")]
    Content(#[from] serde_json::Error),
    /// The task that works on the file was stopped.
    #[error("the work on the file of users was stopped")]
    Stopped(#[from] tokio::task::JoinError),
    /// There is no such instant.
    #[error("no instant lies a day before")]
    NoSuchInstant(#[from] tusk_fn::jiff::Error),
}

/// How many users the store takes.
const CAPACITY: usize = 1_000;
/// How long a user may stay unconfirmed.
const UNCONFIRMED: SignedDuration = SignedDuration::from_hours(24);

impl Store {
    /// Opens the file, or makes it.
    pub(crate) async fn open(path: PathBuf) -> Result<Self, StoreError> {
        let store = Self { path: Arc::new(path) };
        store.with(|_| Ok(())).await?;
        Ok(store)
    }

    /// All users.
    pub(crate) async fn all(&self) -> Result<Vec<User>, StoreError> {
        self.with(|users| Ok(users.values().cloned().collect())).await
    }

    /// One user.
    pub(crate) async fn get(&self, id: u64) -> Result<Option<User>, StoreError> {
        self.with(move |users| Ok(users.get(&id).cloned())).await
    }

    /// Adds a user.
    pub(crate) async fn add(&self, username: String, email: String) -> Result<User, StoreError> {
        self.with(move |users| {
            if users.len() >= CAPACITY {
                return Err(StoreError::Full);
            }
            let id = users.last_key_value().map_or(1, |(last, _)| last + 1);
            let user = User { id, username, email, confirmed: false, created_at: Timestamp::now() };
            users.insert(id, user.clone());
            Ok(user)
        })
        .await
    }

    /// Removes the users that were made more than a day before `now` and never confirmed, and counts them.
    pub(crate) async fn remove_unconfirmed_before(&self, now: Timestamp) -> Result<usize, StoreError> {
        let oldest = now.checked_sub(UNCONFIRMED)?;
        self.with(move |users| {
            let before = users.len();
            users.retain(|_, user| user.confirmed || user.created_at >= oldest);
            Ok(before - users.len())
        })
        .await
    }

    /// Reads the users, lets `work` change them, and writes them back; one at a time, over all processes.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Users) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let path = Arc::clone(&self.path);
        tokio::task::spawn_blocking(move || {
            let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&*path)?;
            file.lock()?;
            let mut users = read(&mut file)?;
            let before = serde_json::to_vec(&users)?;
            let result = work(&mut users)?;
            let after = serde_json::to_vec(&users)?;
            if before != after {
                file.rewind()?;
                file.set_len(0)?;
                file.write_all(&after)?;
            }
            Ok(result)
        })
        .await?
    }
}

fn read(file: &mut File) -> Result<Users, StoreError> {
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(if text.is_empty() { Users::new() } else { serde_json::from_str(&text)? })
}
