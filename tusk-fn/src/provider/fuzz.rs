//! All that bytes go through which claim to come from Azure's host, from Google or from Knative, in one call: for fuzzing.

use std::sync::LazyLock;

use bytes::Bytes;
use serde_json::json;
use tusk_fn_spec::record::FunctionRecord;

use super::aws::fuzz::FUNCTIONS;
use super::azure;
use super::container::{Opened, Platform, Sent};
use super::google::Google;
use super::knative::Knative;
use crate::event::Item;

/// A function that a schedule runs, besides those of events.
static TIMER: LazyLock<Option<FunctionRecord>> = LazyLock::new(|| {
    let source = json!({"package": "p", "module": "p", "function": "f", "file": "f", "line": 1});
    let trigger = json!({"kind": "timer", "schedule": "0 */5 * * * *"});
    let record = json!({"v": 1, "name": "f", "trigger": trigger, "source": source});
    FunctionRecord::from_json(record.to_string().as_bytes()).ok()
});

fn functions() -> impl Iterator<Item = &'static FunctionRecord> {
    FUNCTIONS.iter().chain(&*TIMER)
}

/// Reads what came of an item.
pub(super) fn look(item: &Item) {
    let _ = (item.body(), item.group());
    if let Item::Change(change) = item {
        let _ = change.as_json();
    }
}

/// Decodes a request for every kind of function: lines of `name: value`, an empty line, and the body. How many items there were.
pub fn decode_container(bytes: &[u8]) -> usize {
    let (head, body) = match bytes.windows(2).position(|pair| pair == b"\n\n") {
        Some(at) => (&bytes[..at], &bytes[at + 2..]),
        None => (&b""[..], bytes),
    };
    let mut request = http::Request::post("/");
    for line in head.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        request = request.header(&line[..colon], line[colon + 1..].trim_ascii());
    }
    let Ok(request) = request.body(()) else { return 0 };
    let ((parts, ()), body) = (request.into_parts(), Bytes::copy_from_slice(body));
    let platforms: [&dyn Platform; 2] = [&Google, &Knative];
    let sent = platforms.into_iter().filter_map(|platform| Some((platform, platform.read(&parts, &body).ok()?)));
    sent.map(|(platform, sent)| sent.iter().map(|sent| opened(platform, sent)).sum::<usize>()).sum()
}

fn opened(platform: &dyn Platform, sent: &Sent) -> usize {
    let open = |function| [true, false].map(|named| platform.open(sent, function, named));
    let looked = |opened| match opened {
        Opened::Item { item, .. } => {
            look(&item);
            1
        }
        Opened::Timer(_) => 1,
        Opened::Unwanted | Opened::Foreign | Opened::Broken(_) => 0,
    };
    functions().flat_map(open).map(looked).sum()
}

/// Decodes what Azure's host sends, for every kind of function. How many items there were.
pub fn decode_azure(bytes: &[u8]) -> usize {
    let Ok(text) = std::str::from_utf8(bytes) else { return 0 };
    functions().map(|function| azure::fuzz(function, text)).sum()
}
