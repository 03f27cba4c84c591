//! Blobs: `blobTrigger`.
//!
//! The host reads the content and sends it along; it is not looked at, since a function reads it when it wants it.
//! `BlobTrigger`, which has the whole path, is among the metadata that the host drops, because of its name. What
//! remains is `Uri`, and what the binding's path `CONTAINER/{name}` matched, `name`.
//!
//! Content that is a JSON object is copied over both ([`metadata`](crate::provider::azure::metadata)): what a client
//! uploads must not decide which blob it is. Where it hides both, the invocation fails. A binding with `dataType`
//! `binary`, and events of Event Grid, have no such trouble.

use percent_encoding::percent_decode_str;
use serde_json::Value;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::blob::{Blob as Trigger, BlobEvent};

use super::{One, Opened, attempt, unwanted};
use crate::delivery::Order;
use crate::event::{Blob, BlobItem, Item};
use crate::provider::azure::metadata::{Metadata, moment};
use crate::provider::azure::wire::Sent;
use crate::provider::field::Fault;

pub(super) fn open(function: &FunctionRecord, trigger: &Trigger, sent: &Sent<'_>) -> Result<Opened, Fault> {
    let metadata = sent.metadata_beside_content()?;
    let (container, key) = place(&metadata, trigger)?;
    let mut blob = Blob::of(BlobEvent::Created, container, key);
    blob.time = None;
    if let Some(properties) = metadata.object::<serde_json::Map<String, Value>>("Properties").unwrap_or_default() {
        let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
        blob.size = ["ContentLength", "Length"].iter().find_map(|name| number(properties.get(*name)?));
        let text = |name: &str| properties.get(name).and_then(Value::as_str);
        blob.etag = text("ETag").map(|tag| tag.trim_matches('"').to_owned());
        blob.time = text("LastModified").and_then(moment);
    }
    // Another content of the same blob is another delivery.
    let state = blob.etag.clone().or_else(|| blob.time.map(|time| time.to_string()));
    let id = state.map(|state| format!("{}/{}@{state}", blob.bucket, blob.key));
    let one = |item| One { item, id, attempt: attempt(&metadata, None) };
    Ok(Opened::Items { items: wanted(function, trigger, blob).map(one).into_iter().collect(), order: Order::Any })
}

/// The item, if the function wants it.
pub(super) fn wanted(function: &FunctionRecord, trigger: &Trigger, blob: Blob) -> Option<Item> {
    if !trigger.events.contains(&blob.event) {
        unwanted(function, "such an event is not among its `events`", Some(&blob.key));
        return None;
    }
    let Some(captures) = trigger.path.captures(&blob.key) else {
        unwanted(function, "the blob's name does not match its `path`", Some(&blob.key));
        return None;
    };
    Some(Item::Blob(BlobItem { blob, captures }))
}

/// The container and the blob's name: of `Uri`, or else the name that the binding's path matched.
fn place(metadata: &Metadata<'_>, trigger: &Trigger) -> Result<(String, String), Fault> {
    if let Some(uri) = metadata.text("Uri")? {
        return of_uri(&uri).ok_or_else(|| Fault(format!("`Metadata.Uri` is {uri:?}, which is no blob's")));
    }
    if let Some(name) = metadata.text("name")?.filter(|name| !name.is_empty()) {
        return Ok((trigger.path.bucket().to_owned(), name));
    }
    let hidden = ["Uri", "name"].iter().any(|name| metadata.is_shadowed(name));
    Err(Fault(if hidden {
        "the content hides `Metadata.Uri` and `Metadata.name`, so that it cannot be told which blob it is; give the \
         binding the name `bytes` and `dataType` `binary`"
            .to_owned()
    } else {
        "`Metadata.Uri` and `Metadata.name` are missing".to_owned()
    }))
}

/// `https://ACCOUNT.blob.core.windows.net/CONTAINER/NAME`, the same under a domain of the account's own, or with the account in
/// the path, as the emulator has it, whose host is a number or `localhost`.
fn of_uri(uri: &str) -> Option<(String, String)> {
    let (host, path) = uri.split_once("://")?.1.split_once('/')?;
    let path = path.split(['?', '#']).next()?;
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let of_emulator = name == "localhost" || name.parse::<std::net::IpAddr>().is_ok();
    let path = if of_emulator { path.split_once('/')?.1 } else { path };
    let (container, key) = path.split_once('/').filter(|(container, key)| !container.is_empty() && !key.is_empty())?;
    let key = percent_decode_str(key).decode_utf8().ok()?;
    Some((container.to_owned(), key.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_is_told_by_its_uri() {
        let of = |uri: &str| of_uri(uri).map(|(container, key)| format!("{container}|{key}"));
        for (uri, expected) in [
            ("https://shop.blob.core.windows.net/uploads/a/b%20c.csv", Some("uploads|a/b c.csv")),
            ("https://shop.blob.core.windows.net/uploads/a.csv?snapshot=1", Some("uploads|a.csv")),
            ("http://127.0.0.1:10000/devstoreaccount1/uploads/a%2Fb.csv", Some("uploads|a/b.csv")),
            ("http://localhost:10000/devstoreaccount1/uploads/a.csv", Some("uploads|a.csv")),
            ("https://files.shop.example/uploads/a/e.csv", Some("uploads|a/e.csv")),
            ("https://shop.blob.core.windows.net/uploads/", None),
            ("https://shop.blob.core.windows.net/uploads", None),
            ("uploads/a.csv", None),
            ("https://shop.blob.core.windows.net/uploads/%ff", None),
        ] {
            assert_eq!(of(uri).as_deref(), expected, "{uri}");
        }
    }
}
