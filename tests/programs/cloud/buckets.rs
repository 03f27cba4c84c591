//! Buckets.

use tusk_fn::BlobEvent;
use tusk_fn::prelude::*;

use crate::note;

/// The largest file that is read.
const LARGEST: usize = 64 << 20;

#[tusk_fn(trigger = "blob", path = "inbox/<year>/<name>.csv")]
async fn tables_of_year(year: u16, name: String) {
    note(format!("csv {year} {name}"));
}

#[tusk_fn(trigger = "blob", path = "inbox/<path..>", events = ["created", "deleted"])]
async fn inbox(path: String, blob: Blob) -> Result<(), OutputError> {
    if blob.event == BlobEvent::Deleted {
        note(format!("deleted {path}"));
        return Ok(());
    }
    let content = blob.bytes(LARGEST).await?;
    note(format!("created {path} {:?} {}", blob.size, content.len()));
    Ok(())
}

#[tusk_fn(trigger = "http", route = "inbox/<path..>", methods = ["PUT"])]
async fn upload(
    path: String,
    #[bucket("inbox", access = "write")] inbox: Bucket,
    content: Bytes,
) -> Result<(), HttpError> {
    inbox.put(&path, content).await.map_err(|error| HttpError::bad_request(error.to_string()))
}
