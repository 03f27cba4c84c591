//! A folder for each bucket: what is put into it, by whomever, is an object, and the functions of the bucket are told.
//!
//! The folders are looked through every now and then, and what is found compared with what the store knows. So nothing that
//! changed while the program was not running is missed, on any file system. A file is reported when it has not changed for a
//! while, so that one which is being written is not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, UNIX_EPOCH};

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tusk_fn_spec::trigger::blob::BlobEvent;

use super::super::store::{Condition, Put, StoreError, Write, WriteError};
use super::LocalCloud;
use super::wire::BlobWire;

/// How often the folders are looked through.
const INTERVAL: Duration = Duration::from_millis(250);
/// How long a file must not have changed: longer than whoever writes it pauses.
const SETTLED: Duration = Duration::from_secs(1);
/// How deep folders may be nested.
const DEEPEST: usize = 64;
/// How many changes are written at the same time.
const AT_ONCE: usize = 500;

/// A file, as far as it tells one content from another.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
struct Seen {
    size: u64,
    modified_nanos: u64,
}

impl LocalCloud {
    /// The folder of a bucket.
    pub(in crate::provider::local) fn bucket_folder(&self, bucket: &str) -> PathBuf {
        self.folder().join("buckets").join(bucket)
    }
}

/// Watches the folders of the buckets that some function wants to know of, until `stopped` says so.
pub(super) async fn watch(cloud: Arc<LocalCloud>, mut stopped: watch::Receiver<bool>) {
    let mut buckets: Vec<Watched> = cloud.routes.buckets().into_iter().map(Watched::new).collect();
    if buckets.is_empty() {
        return;
    }
    loop {
        for bucket in &mut buckets {
            let looked = bucket.look(&cloud).await;
            bucket.complain(looked);
        }
        tokio::select! {
            () = tokio::time::sleep(INTERVAL) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum WatchError {
    #[error("{path}: {source}")]
    File { path: String, source: std::io::Error },
    #[error("the look broke off: {0}")]
    Look(#[from] tokio::task::JoinError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Write(#[from] WriteError),
}

struct Watched {
    name: String,
    /// The table of the store in which is what was reported.
    table: String,
    /// What was reported, once it has been read from the store.
    reported: Option<BTreeMap<String, Seen>>,
    /// What the last look found that is not reported, and since when it has been so.
    unsettled: BTreeMap<String, (Seen, Instant)>,
    /// What was complained of last: it is said once, not with each look.
    complaint: Option<String>,
}

impl Watched {
    fn new(name: String) -> Self {
        // No table of a program has such a name.
        let table = format!("files of {name}");
        Self { table, name, reported: None, unsettled: BTreeMap::new(), complaint: None }
    }

    fn complain(&mut self, looked: Result<(), WatchError>) {
        let complaint = looked.err().map(|error| error.to_string());
        if let Some(error) = complaint.as_ref().filter(|_| complaint != self.complaint) {
            tracing::error!(target: "tusk_fn", bucket = self.name, error, "the bucket's folder cannot be watched");
        }
        self.complaint = complaint;
    }

    async fn look(&mut self, cloud: &LocalCloud) -> Result<(), WatchError> {
        let folder = cloud.bucket_folder(&self.name);
        let found = spawn_blocking(move || list(&folder)).await??;
        let mut reported = match self.reported.take() {
            Some(reported) => reported,
            None => self.load(cloud)?,
        };
        let changes = self.changes(&found, &reported);
        let written = self.report(cloud, changes, &mut reported).await;
        self.reported = Some(reported);
        written
    }

    /// What is to be reported by now: files that were written, and those that are gone.
    fn changes(
        &mut self,
        found: &BTreeMap<String, Seen>,
        reported: &BTreeMap<String, Seen>,
    ) -> Vec<(String, Option<Seen>)> {
        let now = Instant::now();
        let changed = found.iter().filter(|(key, seen)| reported.get(*key) != Some(seen));
        let since = |key: &str, seen: &Seen| self.unsettled.get(key).filter(|(last, _)| last == seen).map(|it| it.1);
        self.unsettled = changed.map(|(key, seen)| (key.clone(), (*seen, since(key, seen).unwrap_or(now)))).collect();
        let settled = self.unsettled.iter().filter(|(_, (_, since))| now.duration_since(*since) >= SETTLED);
        let written = settled.map(|(key, (seen, _))| (key.clone(), Some(*seen)));
        let gone = reported.keys().filter(|key| !found.contains_key(*key)).map(|key| (key.clone(), None));
        written.chain(gone).collect()
    }

    /// Writes changes; those that cannot be written keep none of the others from it.
    async fn report(
        &self,
        cloud: &LocalCloud,
        changes: Vec<(String, Option<Seen>)>,
        reported: &mut BTreeMap<String, Seen>,
    ) -> Result<(), WatchError> {
        let mut first = Ok(());
        for some in changes.chunks(AT_ONCE) {
            let written = join_all(some.iter().map(|(key, seen)| self.write(cloud, key, *seen))).await;
            for ((key, seen), written) in some.iter().zip(written) {
                match (written, seen) {
                    (Ok(()), Some(seen)) => drop(reported.insert(key.clone(), *seen)),
                    (Ok(()), None) => drop(reported.remove(key)),
                    (Err(error), _) => first = first.and(Err(error)),
                }
            }
        }
        first
    }

    /// Keeps that a file is there or gone, and tells the functions, in one transaction.
    async fn write(&self, cloud: &LocalCloud, key: &str, seen: Option<Seen>) -> Result<(), WatchError> {
        let event = if seen.is_some() { BlobEvent::Created } else { BlobEvent::Deleted };
        let wire = BlobWire {
            event,
            bucket: self.name.clone(),
            key: key.to_owned(),
            size: seen.map(|seen| seen.size),
            etag: seen.map(|seen| format!("{:x}-{:x}", seen.size, seen.modified_nanos)),
        };
        let body = bytes::Bytes::from(serde_json::to_vec(&wire).unwrap_or_default());
        let now = cloud.clock.now();
        let queues = cloud.routes.blob(&self.name, key, event).into_iter();
        let puts: Vec<Put> = queues.map(|queue| Put::new(queue, body.clone(), now)).collect();
        let write = match seen {
            Some(seen) => Write::Put(serde_json::to_vec(&seen).unwrap_or_default().into()),
            None => Write::Delete,
        };
        cloud.store.write(&self.table, key, Condition::None, write, move |_, _| puts).await?;
        Ok(())
    }

    fn load(&self, cloud: &LocalCloud) -> Result<BTreeMap<String, Seen>, WatchError> {
        let mut all = BTreeMap::new();
        let mut after: Option<String> = None;
        loop {
            let rows = cloud.store.scan(&self.table, after.as_deref(), 1000)?;
            let Some(last) = rows.last() else { return Ok(all) };
            after = Some(last.key.clone());
            for row in rows {
                if let Ok(seen) = serde_json::from_slice(&row.value) {
                    all.insert(row.key, seen);
                }
            }
        }
    }
}

/// The files below a folder, by their names with slashes. The folder is made where it is missing.
fn list(folder: &Path) -> Result<BTreeMap<String, Seen>, WatchError> {
    let failed = |path: &Path, source| WatchError::File { path: path.display().to_string(), source };
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let mut files = BTreeMap::new();
    let mut folders = vec![(folder.to_owned(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            // It was there a moment ago.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(failed(&folder, error)),
        };
        for entry in entries {
            // A listing that broke off would let all that is not in it seem deleted.
            let entry = entry.map_err(|error| failed(&folder, error))?;
            // What is no Unicode cannot be an object's name.
            let Ok(name) = entry.file_name().into_string() else { continue };
            let Ok(kind) = entry.file_type() else { continue };
            if name.starts_with('.') || is_being_written(&name) {
                continue;
            }
            let key = format!("{prefix}{name}");
            if kind.is_dir() && depth < DEEPEST {
                folders.push((entry.path(), format!("{key}/"), depth + 1));
            } else if kind.is_file()
                && let Ok(metadata) = entry.metadata()
            {
                let modified = metadata.modified().ok().and_then(|it| it.duration_since(UNIX_EPOCH).ok());
                let modified_nanos = modified.and_then(|it| u64::try_from(it.as_nanos()).ok()).unwrap_or(0);
                files.insert(key, Seen { size: metadata.len(), modified_nanos });
            }
        }
    }
    Ok(files)
}

/// Whether it is a file that `object_store` writes into, and renames when it is complete.
fn is_being_written(name: &str) -> bool {
    let end = name.rsplit_once('#').map_or("", |(_, end)| end);
    !end.is_empty() && end.bytes().all(|it| it.is_ascii_digit())
}
