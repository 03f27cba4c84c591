//! Tests of opening a store: what is kept, who may open it, and what becomes of a damaged file.

use std::fs;
use std::io;
use std::sync::{Mutex, PoisonError};

use tempfile::TempDir;

use super::tests::{at, bodies, grouped, in_order, put, receive_one, up_to};
use super::*;

/// A disk in memory that can lose its power. Clones are the same disk.
#[derive(Clone, Debug, Default)]
pub(super) struct Platter(Arc<Mutex<Contents>>);

#[derive(Debug, Default)]
struct Contents {
    full: bool,
    seen: Vec<u8>,
    durable: Vec<u8>,
    /// What was written since the last sync.
    pending: Vec<Pending>,
}

#[derive(Clone, Debug)]
enum Pending {
    Length(u64),
    Write(u64, Vec<u8>),
}

fn change(bytes: &mut Vec<u8>, pending: &Pending) {
    match pending {
        Pending::Length(length) => bytes.resize(usize::try_from(*length).unwrap(), 0),
        Pending::Write(offset, data) => {
            let offset = usize::try_from(*offset).unwrap();
            bytes.resize(bytes.len().max(offset + data.len()), 0);
            bytes[offset..offset + data.len()].copy_from_slice(data);
        }
    }
}

impl Platter {
    fn with<T>(&self, work: impl FnOnce(&mut Contents) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn of(bytes: Vec<u8>) -> Self {
        let contents = Contents { seen: bytes.clone(), durable: bytes, ..Contents::default() };
        Self(Arc::new(Mutex::new(contents)))
    }

    fn make(&self, pending: Pending) -> io::Result<()> {
        self.with(|it| {
            if it.full {
                return Err(io::ErrorKind::StorageFull.into());
            }
            change(&mut it.seen, &pending);
            it.pending.push(pending);
            Ok(())
        })
    }

    /// The disk as it is when the power goes now. Of what was not synced, `kept` decides for each sector whether it got there.
    pub(super) fn after_power_loss(&self, mut kept: impl FnMut() -> bool) -> Self {
        let (mut bytes, pending) = self.with(|it| (it.durable.clone(), it.pending.clone()));
        for pending in pending {
            match pending {
                Pending::Length(_) if !kept() => {}
                Pending::Length(_) => change(&mut bytes, &pending),
                Pending::Write(offset, data) => {
                    for (sector, data) in (0u64..).zip(data.chunks(512)).filter(|_| kept()) {
                        change(&mut bytes, &Pending::Write(offset + sector * 512, data.to_vec()));
                    }
                }
            }
        }
        Self::of(bytes)
    }
}

impl StorageBackend for Platter {
    fn len(&self) -> io::Result<u64> {
        Ok(self.with(|it| it.seen.len() as u64))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let offset = usize::try_from(offset).unwrap();
        let read = |it: &mut Contents| it.seen.get(offset..offset + out.len()).map(|bytes| out.copy_from_slice(bytes));
        self.with(read).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.make(Pending::Length(length))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.with(|it| {
            for pending in std::mem::take(&mut it.pending) {
                change(&mut it.durable, &pending);
            }
        });
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.make(Pending::Write(offset, data.to_vec()))
    }
}

/// A sequence of numbers that looks random and is the same in each run.
pub(super) fn scatter(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) ^ state
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let folder = folder();
    let inside = folder.path().join("deep/.tusk");
    let store = Store::open(&inside).unwrap();
    let attributes = [("a".to_owned(), "b".to_owned())].into();
    store.enqueue(vec![Put { attributes, ..grouped("q", "g", "1") }, grouped("q", "g", "2")]).await.unwrap();
    let received = receive_one(&store, "q", 0).await;
    store.fail(&received.receipt, "", at(0), std::time::Duration::from_secs(5)).await.unwrap();
    store.enqueue(vec![put("q", "3", 0)]).await.unwrap();
    let last = receive_one(&store, "q", 0).await;
    let dead = store.receive("q", &up_to(1), at(0)).await.unwrap().remove(0);
    store.reject(&dead.receipt, "no", at(0)).await.unwrap();
    store.write("t", "k", Condition::None, Write::Put("v".into()), |_, _| Vec::new()).await.unwrap();
    store.set_state("s", "x").await.unwrap();
    let before = (store.peek("q", None, 9).unwrap(), store.peek("dead/q", None, 9).unwrap());
    drop(store);

    let store = Store::open(&inside).unwrap();
    let mut after = (store.peek("q", None, 9).unwrap(), store.peek("dead/q", None, 9).unwrap());
    // Nothing is in flight any more; the rest is the same.
    assert!(after.0.iter().all(|it| !it.in_flight));
    for (now, then) in after.0.iter_mut().zip(&before.0) {
        now.in_flight = then.in_flight;
    }
    assert_eq!(after, before);
    assert_eq!(store.get("t", "k").unwrap().unwrap().key, "k");
    assert_eq!(store.state("s").unwrap().as_deref(), Some(&b"x"[..]));
    // The lease is gone and the attempt not counted; its receipt fits no new lease.
    let again = store.receive("q", &in_order(9), at(5)).await.unwrap();
    let attempts: Vec<_> = again.iter().map(|it| it.attempt).collect();
    assert_eq!((bodies(&again), attempts), (vec!["1", "2"], vec![2, 1]), "{last:?}");
    assert_eq!(store.ack(vec![last.receipt.clone()]).await.unwrap(), [last.receipt]);
    let newer = store.enqueue(vec![put("q", "4", 0)]).await.unwrap();
    assert!(newer[0] > dead.message.id);
}

#[tokio::test]
async fn dropping_the_last_handle_finishes_what_was_asked_for() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    for n in 0..50 {
        let puts = vec![put("q", &n.to_string(), 0)];
        let mut enqueue = Box::pin(store.enqueue(puts));
        let asked = futures_util::poll!(&mut enqueue);
        assert!(asked.is_pending() || asked.is_ready());
    }
    drop(store);
    assert_eq!(Store::open(folder.path()).unwrap().count("q", at(0)).visible, 50);
}

#[test]
fn a_second_opening_is_refused_until_the_first_ends() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    let error = Store::open(folder.path()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{} is in use by another process (perhaps this program, still running); stop it, or use another folder: \
             `TUSK_FN_DATA=../other cargo run`",
            folder.path().join("store.redb").display()
        )
    );
    let clone = store.clone();
    drop(store);
    assert!(Store::open(folder.path()).is_err());
    drop(clone);
    Store::open(folder.path()).unwrap();
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let inside = folder.path().join(".tusk");
    let _store = Store::open(&inside).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&inside), mode(&inside.join("store.redb"))), (0o700, 0o600));
}

#[test]
fn another_format_is_refused() {
    let folder = folder();
    let file = folder.path().join("store.redb");
    drop(Store::open(folder.path()).unwrap());
    let meta: redb::TableDefinition<'_, &str, u64> = redb::TableDefinition::new("meta");
    let database = redb::Database::open(&file).unwrap();
    let write = database.begin_write().unwrap();
    write.open_table(meta).unwrap().insert("format", 9).unwrap();
    write.commit().unwrap();
    drop(database);
    let error = Store::open(folder.path()).unwrap_err().to_string();
    assert!(
        error.contains("has the format version 9, and this version of tusk-fn reads 1; delete the folder"),
        "{error}"
    );
}

#[test]
fn a_foreign_file_is_refused_and_an_unfinished_one_made_anew() {
    let folder = folder();
    let file = folder.path().join("store.redb");
    let is_damaged = || {
        let error = Store::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains(" is damaged (") && error.contains("move it away"), "{error}");
    };
    for foreign in ["short", "something else entirely, of some length"] {
        fs::write(&file, foreign).unwrap();
        is_damaged();
    }
    let other: redb::TableDefinition<'_, u64, u64> = redb::TableDefinition::new("other");
    fs::remove_file(&file).unwrap();
    let database = redb::Database::create(&file).unwrap();
    let write = database.begin_write().unwrap();
    write.open_table(other).unwrap();
    write.commit().unwrap();
    drop(database);
    is_damaged();
    // As the database leaves it when it is killed before it has written its signature.
    let mut unfinished = vec![0; 1 << 20];
    unfinished[9..99].fill(7);
    fs::write(&file, unfinished).unwrap();
    drop(Store::open(folder.path()).unwrap());
    Store::open(folder.path()).unwrap();
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error_with_its_name() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Store::open(&file).unwrap_err().to_string();
    assert!(error.contains("file: ") && error.contains("use another folder"), "{error}");
}

#[tokio::test]
async fn a_full_disk_is_said_and_loses_nothing() {
    let platter = Platter::default();
    let store = Store::with_backend(platter.clone()).unwrap();
    store.enqueue(vec![put("q", "before", 0)]).await.unwrap();
    let received = receive_one(&store, "q", 0).await;
    platter.with(|it| it.full = true);
    for _ in 0..2 {
        let error = store.enqueue(vec![put("q", "after", 0)]).await.unwrap_err().to_string();
        assert!(error.starts_with("the disk is full") && error.contains("free some space"), "{error}");
    }
    assert!(store.ack(vec![received.receipt]).await.is_err());
    platter.with(|it| it.full = false);
    drop(store);
    let store = Store::with_backend(platter).unwrap();
    assert_eq!(bodies(&[receive_one(&store, "q", 0).await]), ["before"]);
    store.enqueue(vec![put("q", "after", 0)]).await.unwrap();
}

#[test]
fn what_the_system_says_is_told_with_what_to_do() {
    for (kind, wanted) in [
        (io::ErrorKind::ReadOnlyFilesystem, "make its folder writable for this user"),
        (io::ErrorKind::PermissionDenied, "make its folder writable for this user"),
        (io::ErrorKind::QuotaExceeded, "free some space"),
        (io::ErrorKind::UnexpectedEof, "move it away to keep it, or delete it"),
        (io::ErrorKind::TimedOut, "look at the disk"),
    ] {
        let error = Fault::Io(kind.into()).at(Path::new("f")).to_string();
        assert!(error.contains(wanted), "{error}");
    }
}

#[tokio::test]
async fn a_damaged_file_opens_or_is_refused_in_words() {
    let platter = Platter::default();
    let store = Store::with_backend(platter.clone()).unwrap();
    for n in 0..40 {
        store.enqueue(vec![put("q", &n.to_string().repeat(50), 0), put("p", "x", 0)]).await.unwrap();
    }
    drop(store);
    let whole = platter.with(|it| it.durable.clone());
    let mut next = scatter(1);
    let mut below = |most: usize| usize::try_from(next()).unwrap() % most;
    let mut refused = 0;
    for round in 0..150 {
        let mut bytes = whole.clone();
        match round % 3 {
            0 => bytes.truncate(below(whole.len())),
            1 => bytes[..4096].iter_mut().skip(below(4096)).take(16).for_each(|byte| *byte ^= 0xff),
            _ => {
                // Only pages that are in use can tell.
                let used: Vec<_> = (0..whole.len()).filter(|at| whole[*at] != 0).collect();
                (0..20).for_each(|_| bytes[used[below(used.len())]] ^= 1 << below(8));
            }
        }
        match Store::with_backend(Platter::of(bytes)) {
            Err(error) => {
                assert!(error.to_string().starts_with("the store in memory "), "{error}");
                refused += 1;
            }
            Ok(store) => {
                let _ = store.receive("q", &up_to(99), at(0)).await;
                let _ = store.enqueue(vec![put("q", "more", 0)]).await;
            }
        }
    }
    assert!(refused > 0);
}

#[tokio::test]
async fn a_power_loss_at_any_moment_keeps_what_was_acknowledged() {
    for seed in 0..30 {
        let mut next = scatter(seed);
        let platter = Platter::default();
        let store = Store::with_backend(platter.clone()).unwrap();
        let mut acknowledged = Vec::new();
        for n in 0..10 {
            let text = format!("{seed} {n}");
            acknowledged.extend(store.enqueue(vec![put("q", &text, 0)]).await.unwrap());
        }
        let (first, rest) = acknowledged.split_first().unwrap();
        let received = receive_one(&store, "q", 0).await;
        assert_eq!(received.message.id, *first);
        store.ack(vec![received.receipt]).await.unwrap();
        // The power goes while this is being written.
        let unlucky = store.clone();
        let writing = tokio::spawn(async move { unlucky.enqueue(vec![put("q", "unlucky", 0)]).await });
        tokio::task::yield_now().await;
        thread::sleep(std::time::Duration::from_micros(next() % 600));
        let lost = platter.after_power_loss(|| !next().is_multiple_of(3));
        let _ = writing.await;
        drop(store);
        let store = Store::with_backend(lost).unwrap();
        let mut found: Vec<_> = store.peek("q", None, 99).unwrap().into_iter().map(|it| it.message).collect();
        found.retain(|it| it.body != "unlucky");
        assert_eq!(found.iter().map(|it| it.id).collect::<Vec<_>>(), rest, "seed {seed}");
    }
}
