//! Event Grid: what happens in containers, and events that are published, to the queues of subscriptions ("`CloudEvents` v1.0 schema
//! with Azure Event Grid", "Azure Blob Storage as an Event Grid source", "Event filtering for Event Grid").

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::bus::{Bus, Message};

/// A subscription whose events go to a queue.
pub(crate) struct Subscription {
    pub(crate) name: String,
    /// All, if none is named.
    pub(crate) types: Option<Vec<String>>,
    /// What subjects begin and end with. Case counts.
    pub(crate) begins: String,
    pub(crate) ends: String,
    pub(crate) queue: String,
}

/// The topics: the program's own one, and those of storage accounts.
#[derive(Default)]
pub(crate) struct Grid {
    pub(crate) own: Vec<Subscription>,
    pub(crate) of_accounts: BTreeMap<String, Vec<Subscription>>,
    events: u64,
}

impl Grid {
    /// An event was published.
    pub(super) fn publish(&mut self, event: &Value, bus: &mut Bus) {
        for attribute in ["id", "source", "type", "specversion"] {
            assert!(event[attribute].is_string(), "`{attribute}` is missing: {event}");
        }
        self.events += 1;
        deliver(&self.own, event, self.events, bus);
    }

    /// A blob was written.
    pub(super) fn blob_created(&mut self, account: &str, container: &str, name: &str, length: usize, bus: &mut Bus) {
        self.events += 1;
        let event = json!({
            "source": format!("/subscriptions/0/resourceGroups/shop/providers/Microsoft.Storage/storageAccounts/{account}"),
            "subject": format!("/blobServices/default/containers/{container}/blobs/{name}"),
            "type": "Microsoft.Storage.BlobCreated",
            "time": "2026-01-31T12:00:00.5Z",
            "id": format!("9aeb0fdf-c01e-0131-0922-{:012x}", self.events),
            "specversion": "1.0",
            "data": {
                "api": "PutBlob", "requestId": "9aeb0fdf-c01e-0131-0922-9eb54906e209", "eTag": "0x8D",
                "contentType": "application/octet-stream", "contentLength": length, "blobType": "BlockBlob",
                "url": format!("https://{account}.blob.core.windows.net/{container}/{name}"),
                "sequencer": format!("{:039x}", self.events), "storageDiagnostics": { "batchId": "b68529f3" },
            },
        });
        deliver(self.of_accounts.get(account).map_or(&[][..], Vec::as_slice), &event, self.events, bus);
    }
}

fn deliver(subscriptions: &[Subscription], event: &Value, number: u64, bus: &mut Bus) {
    let kind = event["type"].as_str().unwrap();
    let subject = event["subject"].as_str().unwrap_or_default();
    for to in subscriptions {
        let wanted = to.types.as_ref().is_none_or(|types| types.iter().any(|it| it == kind));
        if !wanted || !subject.starts_with(&to.begins) || !subject.ends_with(&to.ends) {
            continue;
        }
        let mut properties = Map::new();
        properties.insert("aeg-subscription-name".to_owned(), to.name.to_uppercase().into());
        properties.insert("aeg-delivery-count".to_owned(), "0".into());
        let id = format!("00000000-0000-0000-0000-{number:012x}");
        let body = event.to_string();
        bus.send(&to.queue, Message { id, session: None, body, properties, sequence: 0, deliveries: 0 });
    }
}
