//! The file: where it is, what tables it has, and how it is opened.
//!
//! redb keeps it: a copy-on-write B-tree in one file, whose commit is one write of the header after everything that it
//! points to, with checksums that tell a torn commit from a whole one. It brings no C and no crate but libc.

use std::collections::HashMap;
use std::fs::{DirBuilder, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::backends::FileBackend;
use redb::{
    Database, ReadTransaction, ReadableDatabase, ReadableTable, StorageBackend, Table, TableDefinition,
    WriteTransaction,
};

use super::codec::Entry;
use super::error::{Fault, StoreError, guarded};
use super::index::{Change, Index};
use super::line::Slot;

/// The version of what this module writes. Raise it with each change that an older version would misread.
pub(super) const FORMAT: u32 = 1;
const FILE: &str = "store.redb";
/// What the database may keep in memory. Without a bound it takes 1 GiB.
const CACHE_BYTES: usize = 32 << 20;
/// What of a file's first page is written before the signature in front of it.
const HEADER: std::ops::Range<usize> = 9..4096;
/// A file of which only that is written is never larger.
const LARGEST_UNFINISHED_FILE: u64 = 8 << 20;

const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
pub(super) const QUEUES: TableDefinition<'_, u32, &str> = TableDefinition::new("queues");
/// By a message's number, its [`Entry`].
pub(super) const MESSAGES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("messages");
/// By a message's number, its content.
pub(super) const CONTENTS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("contents");
/// By queue and deduplication id, the first message's number and when it was sent.
pub(super) const DUPLICATES: TableDefinition<'_, (u32, &str), (u64, i64)> = TableDefinition::new("duplicates");
/// The same by time, to forget them.
pub(super) const DUPLICATE_TIMES: TableDefinition<'_, (i64, u64), (u32, &str)> =
    TableDefinition::new("duplicate times");
/// By table and key, a row's version and value.
pub(super) const ROWS: TableDefinition<'_, (&str, &str), (u64, &[u8])> = TableDefinition::new("rows");
pub(super) const STATE: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("state");

/// The keys of [`META`].
const FORMAT_KEY: &str = "format";
const STORE_KEY: &str = "store";
const NEXT_KEY: &str = "next";

/// All tables, for writing.
pub(super) struct Tables<'t> {
    pub(super) meta: Table<'t, &'static str, u64>,
    pub(super) queues: Table<'t, u32, &'static str>,
    pub(super) messages: Table<'t, u64, &'static [u8]>,
    pub(super) contents: Table<'t, u64, &'static [u8]>,
    pub(super) duplicates: Table<'t, (u32, &'static str), (u64, i64)>,
    pub(super) duplicate_times: Table<'t, (i64, u64), (u32, &'static str)>,
    pub(super) rows: Table<'t, (&'static str, &'static str), (u64, &'static [u8])>,
    pub(super) state: Table<'t, &'static str, &'static [u8]>,
}

impl<'t> Tables<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self, Fault> {
        Ok(Self {
            meta: transaction.open_table(META)?,
            queues: transaction.open_table(QUEUES)?,
            messages: transaction.open_table(MESSAGES)?,
            contents: transaction.open_table(CONTENTS)?,
            duplicates: transaction.open_table(DUPLICATES)?,
            duplicate_times: transaction.open_table(DUPLICATE_TIMES)?,
            rows: transaction.open_table(ROWS)?,
            state: transaction.open_table(STATE)?,
        })
    }

    /// Keeps the number that the next message or version gets. Numbers are never used twice.
    pub(super) fn keep_next(&mut self, next: u64) -> Result<(), Fault> {
        self.meta.insert(NEXT_KEY, next)?;
        Ok(())
    }
}

/// The opened file.
#[derive(Debug)]
pub(super) struct Disk {
    /// There until the store is dropped.
    database: Option<Database>,
    file: PathBuf,
}

/// What is known of a store's content once it is opened.
pub(super) struct Loaded {
    /// The store's random number.
    pub(super) store: u64,
    /// The next message's number.
    pub(super) next: u64,
    /// The queues by their number in the file.
    pub(super) names: HashMap<u32, Arc<str>>,
}

impl Disk {
    /// Opens the store of a folder, and makes both where they are missing.
    pub(super) fn open(folder: &Path) -> Result<Self, StoreError> {
        let file = folder.join(FILE);
        let database = guarded(|| {
            make_folder(folder).map_err(Fault::Io)?;
            discard_unfinished(&file).map_err(Fault::Io)?;
            let opened =
                owner_only().read(true).write(true).create(true).truncate(false).open(&file).map_err(Fault::Io)?;
            let database = open_database(FileBackend::new(opened)?)?;
            sync_folder(folder).map_err(Fault::Io)?;
            Ok(database)
        });
        match database {
            Ok(database) => Ok(Self { database: Some(database), file }),
            Err(fault) => Err(fault.at(&file)),
        }
    }

    /// Opens a store that is kept elsewhere than in a file of a folder.
    #[cfg(test)]
    pub(super) fn with_backend(backend: impl StorageBackend) -> Result<Self, StoreError> {
        let file = PathBuf::from("the store in memory");
        let database = guarded(|| open_database(backend)).map_err(|fault| fault.at(&file))?;
        Ok(Self { database: Some(database), file })
    }

    /// Checks the format, and reads what is there into the index.
    pub(super) fn load(&self, index: &Index, random: u64) -> Result<Loaded, StoreError> {
        let load = || {
            self.prepare(random)?;
            let read = self.database()?.begin_read()?;
            let meta = read.open_table(META)?;
            let number = |key| -> Result<u64, Fault> {
                let value = meta.get(key)?;
                Ok(value.ok_or_else(|| Fault::Damaged(format!("it has no {key}")))?.value())
            };
            let (store, next) = (number(STORE_KEY)?, number(NEXT_KEY)?);
            let names = load_names(&read)?;
            load_messages(&read, index, &names)?;
            Ok(Loaded { store, next, names })
        };
        guarded(load).map_err(|fault| self.describe(fault))
    }

    /// Makes the tables of a new file, or looks whether an old one's are of this format.
    fn prepare(&self, random: u64) -> Result<(), Fault> {
        let transaction = self.database()?.begin_write()?;
        let mut meta = transaction.open_table(META)?;
        let found = meta.get(FORMAT_KEY)?.map(|found| found.value());
        match found {
            Some(found) if found == u64::from(FORMAT) => return Ok(()),
            Some(found) => return Err(Fault::Version(u32::try_from(found).unwrap_or(u32::MAX))),
            None => {}
        }
        if transaction.list_tables()?.any(|table| redb::TableHandle::name(&table) != "meta") {
            return Err(Fault::Damaged("it is no store of this program".to_owned()));
        }
        for (key, value) in [(FORMAT_KEY, u64::from(FORMAT)), (STORE_KEY, random), (NEXT_KEY, 1)] {
            meta.insert(key, value)?;
        }
        drop(meta);
        drop(Tables::open(&transaction)?);
        Ok(transaction.commit()?)
    }

    pub(super) fn database(&self) -> Result<&Database, Fault> {
        self.database.as_ref().ok_or(Fault::Refused(StoreError::Closed))
    }

    /// Reads what was committed.
    pub(super) fn read<T>(&self, work: impl FnOnce(&ReadTransaction) -> Result<T, Fault>) -> Result<T, StoreError> {
        guarded(|| work(&self.database()?.begin_read()?)).map_err(|fault| self.describe(fault))
    }

    pub(super) fn describe(&self, fault: Fault) -> StoreError {
        fault.at(&self.file)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let database = self.database.take();
        // What it writes at its end only makes the next opening faster.
        let _ = guarded(|| {
            drop(database);
            Ok(())
        });
    }
}

fn open_database(backend: impl StorageBackend) -> Result<Database, Fault> {
    Ok(Database::builder().set_cache_size(CACHE_BYTES).create_with_backend(backend)?)
}

fn load_names(read: &ReadTransaction) -> Result<HashMap<u32, Arc<str>>, Fault> {
    let mut names = HashMap::new();
    for row in read.open_table(QUEUES)?.iter()? {
        let (number, name) = row?;
        names.insert(number.value(), name.value().into());
    }
    Ok(names)
}

fn load_messages(read: &ReadTransaction, index: &Index, names: &HashMap<u32, Arc<str>>) -> Result<(), Fault> {
    let mut lines = index.lock();
    for row in read.open_table(MESSAGES)?.iter()? {
        let (number, entry) = row?;
        let entry = Entry::decode(entry.value())?;
        let Some(queue) = names.get(&entry.queue) else {
            return Err(Fault::Damaged(format!("message {} is in no queue", number.value())));
        };
        let slot = Slot { visible_at: entry.visible_at, attempts: entry.attempts, group: entry.group };
        lines.apply(Change::Added { queue: Arc::clone(queue), number: number.value(), slot });
    }
    Ok(())
}

/// Makes the folder, for its owner only.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn owner_only() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Empties a file whose making was interrupted: the database would take it for a foreign one. It has no signature yet, and
/// nothing after its header.
fn discard_unfinished(file: &Path) -> io::Result<()> {
    let mut opened = match OpenOptions::new().read(true).write(true).open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    // Who holds the lock is just making it, or uses it.
    match opened.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
        Err(TryLockError::Error(_)) => return Ok(()),
    }
    let length = opened.metadata()?.len();
    if length == 0 || length > LARGEST_UNFINISHED_FILE {
        return Ok(());
    }
    let mut bytes = Vec::new();
    opened.read_to_end(&mut bytes)?;
    let header = HEADER.start.min(bytes.len())..HEADER.end.min(bytes.len());
    bytes.drain(header);
    if bytes.iter().all(|byte| *byte == 0) { opened.set_len(0) } else { Ok(()) }
}

/// Makes the file's name durable.
#[cfg_attr(not(unix), expect(clippy::unnecessary_wraps, reason = "only Unix can do it"))]
fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
