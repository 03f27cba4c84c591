//! All that bytes go through which claim to be an event, in one call: for fuzzing, and for tests with odd events.

use std::sync::LazyLock;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http_body_util::BodyExt as _;
use serde_json::json;
use tusk_fn_spec::record::FunctionRecord;

use super::event::{self, Event, Sent};
use super::http;
use super::items::{Content, open};
use super::select::select;
use crate::context::Delivery;
use crate::dispatch::{Function, Program};
use crate::error::Failure;
use crate::event::Item;
use crate::invocation::Input;
use crate::private::Requirements;
use crate::provider::Provider;
use crate::state::States;

/// A function of each trigger that events can be for.
pub(in crate::provider) static FUNCTIONS: LazyLock<Vec<FunctionRecord>> = LazyLock::new(|| {
    let source = json!({"package": "p", "module": "p", "function": "f", "file": "f", "line": 1});
    let triggers = [
        json!({"kind": "queue", "queue": "q", "ordered": true}),
        json!({"kind": "topic", "topic": "t", "filter": ["a = b* | c", "d != e"]}),
        json!({"kind": "blob", "path": "b/<a>/<b>.<c>", "events": ["created"]}),
        json!({"kind": "blob", "path": "b/<a..>", "events": ["created", "deleted"]}),
        json!({"kind": "database", "table": "d", "events": ["insert", "modify", "remove"]}),
        json!({"kind": "stream", "stream": "s"}),
        json!({"kind": "event", "type": "*"}),
    ];
    let records =
        triggers.into_iter().map(|trigger| json!({"v": 1, "name": "f", "trigger": trigger, "source": source}));
    records.filter_map(|record| FunctionRecord::from_json(record.to_string().as_bytes()).ok()).collect()
});

/// A program with all of them.
static PROGRAM: LazyLock<Program> = LazyLock::new(|| {
    let function = |record: &FunctionRecord| {
        Function::new(record.clone(), |_| Box::pin(std::future::pending()), &Requirements::default())
    };
    Program::new(Provider::Aws, FUNCTIONS.iter().map(function).collect(), States::default())
});

/// Decodes bytes for every kind of function, and reads everything that came of them. How many items there were.
#[cfg_attr(not(fuzzing), expect(unreachable_pub, reason = "the fuzz targets reach it"))]
pub fn decode_any(bytes: &[u8]) -> usize {
    let bytes = Bytes::copy_from_slice(bytes);
    match event::decode(&bytes) {
        Ok(Event::Http(request, _)) => {
            if let Input::Http(input) = &mut http::incoming(request, Delivery::local()).input
                && let Ok(request) = input.request()
            {
                let _ = request.into_body().collect().now_or_never();
            }
            0
        }
        Ok(Event::Scheduled(_, None)) | Err(_) => 0,
        Ok(Event::Scheduled(_, Some(sent)) | Event::Sent(sent)) => {
            let _ = select(&PROGRAM, &sent);
            FUNCTIONS.iter().map(|function| decode_for(function, &sent)).sum()
        }
    }
}

fn decode_for(function: &FunctionRecord, sent: &Sent) -> usize {
    let mut items = 0;
    for content in open(sent, function, &Delivery::local()).units.into_iter().flat_map(|unit| unit.contents) {
        match content {
            Content::Item(arrival, letter) => {
                items += 1;
                let _ = (arrival.item.body(), arrival.item.group());
                if let Item::Change(change) = &arrival.item {
                    let _ = change.as_json();
                }
                let _ = letter.seal(function, "fuzz", &Failure::new("Fuzz", "none"));
            }
            Content::Broken(failure, letter) => {
                let _ = letter.seal(function, "fuzz", &failure);
            }
            Content::Unwanted => {}
        }
    }
    items
}
