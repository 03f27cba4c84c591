//! The functions of the stress test. What they handle stands in files to which each process appends a line a message: a kill
//! takes nothing from them, since the system has what was written.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde::{Deserialize, Serialize};
use tusk_fn::prelude::*;

/// Every so manieth message fails always, some in each queue.
const POISONED: u64 = 499;
/// In how many groups the ordered ones are.
const GROUPS: u64 = 50;
/// One of so many attempts fails by chance; the last one that a message has never does.
const UNLUCKY: u64 = 50;
const ATTEMPTS: u32 = 4;

/// The files.
#[derive(Clone)]
struct Files(Arc<PathBuf>);

#[tusk_fn::init]
async fn files() -> Files {
    Files(Arc::new(std::env::var_os("STRESS_FOLDER").unwrap_or_default().into()))
}

impl Files {
    /// Appends a line, in one write.
    fn append(&self, file: &str, line: &str) -> std::io::Result<()> {
        let mut file: File = OpenOptions::new().append(true).create(true).open(self.0.join(file))?;
        file.write_all(format!("{line}\n").as_bytes())
    }
}

#[derive(Deserialize, Serialize)]
struct Numbered {
    number: u64,
}

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("{0} fails always")]
    Always(u64),
    #[error("{0} fails by chance")]
    ByChance(u64),
    #[error("cannot write: {0}")]
    File(#[from] std::io::Error),
}

fn handle(files: &Files, file: &str, message: &Message<Numbered>) -> Result<(), Failed> {
    let number = message.body.number;
    if number.is_multiple_of(POISONED) {
        return Err(Failed::Always(number));
    }
    if message.attempt < ATTEMPTS && random().is_multiple_of(UNLUCKY) {
        return Err(Failed::ByChance(number));
    }
    files.append(file, &number.to_string())?;
    Ok(())
}

/// A number that is hard to foresee: a step of splitmix64 from the time of the first.
fn random() -> u64 {
    static STATE: AtomicU64 = AtomicU64::new(0);
    let seed = || {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        u64::from(now.subsec_nanos())
    };
    let state = STATE.fetch_add(0x9e37_79b9_7f4a_7c15, Relaxed);
    let mut z = if state == 0 { seed() } else { state };
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[tusk_fn(trigger = "queue", queue = "stress", concurrency = 16, max_attempts = 4, dead_letter = "stress-dead")]
async fn stress(message: Message<Numbered>, State(files): State<Files>) -> Result<(), Failed> {
    handle(&files, "handled", &message)
}

#[tusk_fn(
    trigger = "queue",
    queue = "stress-ordered",
    ordered = true,
    concurrency = 16,
    max_attempts = 4,
    dead_letter = "stress-dead"
)]
async fn stress_ordered(message: Message<Numbered>, State(files): State<Files>) -> Result<(), Failed> {
    let group = message.group.clone().unwrap_or_default();
    handle(&files, &format!("group-{group}"), &message)
}

#[tusk_fn(trigger = "queue", queue = "stress-dead", concurrency = 16)]
async fn stress_dead(message: Message<Numbered>, State(files): State<Files>) -> Result<(), Failed> {
    Ok(files.append("dead", &message.body.number.to_string())?)
}

/// Sends so many messages from a number on: the even ones to one queue, the odd ones to the ordered one. Asked again, it sends
/// those that were sent before a kill once only.
#[tusk_fn(trigger = "http", route = "stress/<from>/<count>", methods = ["POST"], timeout = "60s")]
async fn stress_send(
    from: u64,
    count: u64,
    #[queue("stress")] plain: Sender<Numbered>,
    #[queue("stress-ordered")] ordered: Sender<Numbered>,
) -> Result<(), HttpError> {
    let numbers = || from..from + count;
    let message = |number: u64| Outgoing::new(Numbered { number }).deduplication_id(number.to_string());
    let grouped = |number: u64| message(number).group((number / 2 % GROUPS).to_string());
    plain.send_all(numbers().filter(|number| number.is_multiple_of(2)).map(message)).await?;
    ordered.send_all(numbers().filter(|number| !number.is_multiple_of(2)).map(grouped)).await?;
    Ok(())
}
