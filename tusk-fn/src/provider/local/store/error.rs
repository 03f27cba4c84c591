//! What can go wrong in the store, in words that say what to do.
//!
//! Inside, faults travel as [`Fault`]: the database's own errors know no file. At the store's edge each one becomes a
//! [`StoreError`], which names the file and can be handed to every caller of a failed transaction, so it is `Clone`.

use std::any::Any;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Why the store could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StoreError {
    /// Another process holds the file's lock.
    #[error(
        "{} is in use by another process (perhaps this program, still running); stop it, or use another folder: \
         `TUSK_FN_DATA=../other cargo run`", file.display()
    )]
    InUse { file: PathBuf },
    /// The file was written by a version with another format.
    #[error(
        "{} has the format version {found}, and this version of tusk-fn reads {known}; delete the folder (its messages and \
         tables are lost), or use the version of tusk-fn that wrote it", file.display()
    )]
    Version { file: PathBuf, found: u32, known: u32 },
    /// The disk has no room left.
    #[error("the disk is full, so that {} cannot be written; free some space, and start the program again", file.display())]
    Full { file: PathBuf },
    /// The file system or its permissions forbid writing.
    #[error(
        "{} cannot be written ({detail}); make its folder writable for this user, or use another folder: \
         `TUSK_FN_DATA=../other cargo run`", file.display()
    )]
    ReadOnly { file: PathBuf, detail: String },
    /// The folder is none, and cannot be made.
    #[error("the data cannot be kept in {}: {detail}; use another folder: `TUSK_FN_DATA=../other cargo run`", folder.display())]
    Folder { folder: PathBuf, detail: String },
    /// What is in the file makes no sense.
    #[error(
        "{} is damaged ({detail}); move it away to keep it, or delete it (its messages and tables are lost), and start the \
         program again", file.display()
    )]
    Damaged { file: PathBuf, detail: String },
    /// Reading or writing failed for another reason.
    #[error("{} cannot be read or written: {detail}; look at the disk, and start the program again", file.display())]
    Disk { file: PathBuf, detail: String },
    /// A message or a row is larger than the store takes.
    #[error("{what} has {size} bytes, and the limit is {limit}; send a reference to the content instead")]
    TooLarge { what: String, size: usize, limit: usize },
    /// A name is empty or too long.
    #[error("{what} {name:?} has {} bytes; use 1 to {limit}", name.len())]
    Name { what: &'static str, name: String, limit: usize },
    /// A text that is no message's id.
    #[error("{text:?} is no message's id; copy one from the list of messages")]
    NoId { text: String },
    /// The receipt's lease has ended: it expired, was settled before, or the message was purged.
    #[error(
        "the receipt for message {number} of queue `{queue}` is stale; the message was settled before or is visible again: \
         receive it anew, or ask for a longer visibility timeout"
    )]
    StaleReceipt { queue: String, number: u64 },
    /// The closure that makes a write's events panicked.
    #[error("the events of a write to table `{table}` could not be made: {detail}; nothing was written")]
    Events { table: String, detail: String },
    /// The writer's thread is gone.
    #[error("the store is closed; start the program again")]
    Closed,
}

/// A fault inside, before it is known whose file it concerns.
#[derive(Debug)]
pub(super) enum Fault {
    /// The caller asked for something that is not granted; nothing was written.
    Refused(StoreError),
    /// What was read makes no sense.
    Damaged(String),
    /// The database could not do its work.
    Database(Box<redb::Error>),
    /// Reading or writing a file failed outside the database.
    Io(std::io::Error),
    /// The file has another format.
    Version(u32),
}

impl<E: Into<redb::Error>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::Database(Box::new(error.into()))
    }
}

impl Fault {
    /// The same fault in words, with the file that it concerns.
    pub(super) fn at(self, file: &Path) -> StoreError {
        let file = file.to_path_buf();
        match self {
            Self::Refused(error) => error,
            Self::Damaged(detail) => StoreError::Damaged { file, detail },
            Self::Io(error) => describe(file, &error),
            Self::Version(found) => StoreError::Version { file, found, known: super::disk::FORMAT },
            Self::Database(error) => match *error {
                redb::Error::Io(error) => describe(file, &error),
                redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => StoreError::InUse { file },
                redb::Error::UpgradeRequired(found) => {
                    StoreError::Version { file, found: found.into(), known: super::disk::FORMAT }
                }
                redb::Error::PreviousIo | redb::Error::DatabaseClosed => {
                    StoreError::Disk { file, detail: "an earlier write failed".to_owned() }
                }
                error => StoreError::Damaged { file, detail: error.to_string() },
            },
        }
    }
}

fn describe(file: PathBuf, error: &std::io::Error) -> StoreError {
    let detail = error.to_string();
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full { file },
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => StoreError::ReadOnly { file, detail },
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof | ErrorKind::InvalidInput => {
            StoreError::Damaged { file, detail }
        }
        ErrorKind::WouldBlock => StoreError::InUse { file },
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            StoreError::Folder { folder: file.parent().unwrap_or(&file).to_owned(), detail }
        }
        _ => StoreError::Disk { file, detail },
    }
}

/// Runs what touches the file. The database checks a file's checksums only after a crash, and panics on some damage that it
/// meets later: that is a fault like others.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result,
        Err(panic) => Err(Fault::Damaged(words(panic.as_ref()))),
    }
}

/// What a panic said.
pub(super) fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "it panicked".to_owned())
}
