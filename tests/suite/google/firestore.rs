//! Firestore: documents, and what their changes are told as (`googleapis`, "google/firestore/v1/firestore.proto";
//! `googleapis/google-cloudevents`, "firestore/v1/data.proto" and "events.proto", and the examples of both).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::eventarc::Event;
use super::{moment, project_of};

/// A document's fields, and when it was made and changed, in microseconds.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) fields: Value,
    created: u64,
    updated: u64,
}

#[derive(Default)]
pub(crate) struct Firestore {
    /// By their names.
    pub(crate) documents: BTreeMap<String, Document>,
    pub(crate) commits: usize,
}

impl Firestore {
    /// `BatchGetDocuments` of one document.
    pub(super) fn batch_get(&self, body: &Value) -> Value {
        let name = body["documents"][0].as_str().unwrap();
        match self.documents.get(name) {
            Some(document) => json!([{ "found": document.written(name) }]),
            None => json!([{ "missing": name }]),
        }
    }

    /// `Commit` of one write: the answer, and the event that tells of a change. A write that is refused has a status and a code.
    pub(super) fn commit(&mut self, body: &Value, now: u64) -> Result<(Value, Option<Event>), (u16, &'static str)> {
        let [write] = &body["writes"].as_array().unwrap()[..] else { panic!("not one write: {body}") };
        let name = write["update"]["name"].as_str().or(write["delete"].as_str()).unwrap().to_owned();
        let found = self.documents.get(&name).cloned();
        let condition = &write["currentDocument"];
        if condition["exists"] == false && found.is_some() {
            return Err((409, "ALREADY_EXISTS"));
        }
        // An instant may be written without the zeros in which it ends.
        let instant = |text: &str| text.trim_end_matches('Z').trim_end_matches('0').to_owned();
        if let Some(wanted) = condition["updateTime"].as_str()
            && found.as_ref().is_none_or(|found| instant(&moment(found.updated)) != instant(wanted))
        {
            return Err((400, "FAILED_PRECONDITION"));
        }
        self.commits += 1;
        let new = write["update"].is_object().then(|| {
            let fields = write["update"].get("fields").cloned().unwrap_or_else(|| json!({}));
            let unchanged = found.as_ref().filter(|found| found.fields == fields);
            let created = found.as_ref().map_or(now, |found| found.created);
            Document { updated: unchanged.map_or(now, |found| found.updated), created, fields }
        });
        let result = new.as_ref().map_or_else(|| json!({}), |new| json!({ "updateTime": moment(new.updated) }));
        let changed = new.as_ref().map(|new| new.updated) != found.as_ref().map(|found| found.updated);
        let event = changed.then(|| event(&name, found.as_ref(), new.as_ref(), now));
        match new {
            Some(new) => self.documents.insert(name, new),
            None => self.documents.remove(&name),
        };
        Ok((json!({ "writeResults": [result], "commitTime": moment(now) }), event))
    }

    /// The fields of a document as plain JSON.
    pub(crate) fn plain(&self, name: &str) -> Option<Value> {
        self.documents.get(name).map(|document| plain_fields(&document.fields))
    }
}

impl Document {
    fn written(&self, name: &str) -> Value {
        let (created, updated) = (moment(self.created), moment(self.updated));
        json!({ "name": name, "fields": self.fields, "createTime": created, "updateTime": updated })
    }
}

/// What tells of a change. What was or is not there is an empty document.
fn event(name: &str, old: Option<&Document>, new: Option<&Document>, now: u64) -> Event {
    let kind = match (old, new) {
        (None, _) => "created",
        (_, None) => "deleted",
        _ => "updated",
    };
    let (database, document) = name.split_once("/documents/").unwrap();
    let image = |document: Option<&Document>| document.map_or_else(|| json!({}), |document| document.written(name));
    let mut mask = json!({});
    if let (Some(old), Some(new)) = (old, new) {
        let names = [&old.fields, &new.fields].into_iter().flat_map(|fields| fields.as_object().unwrap().keys());
        let mut paths: Vec<&String> = names.filter(|name| old.fields.get(name) != new.fields.get(name)).collect();
        paths.sort();
        paths.dedup();
        mask = json!({ "fieldPaths": paths });
    }
    let id = database.rsplit('/').next().unwrap();
    let extensions = [
        ("database", id),
        ("document", document),
        ("location", super::double::REGION),
        ("namespace", "(default)"),
        ("project", project_of(name)),
    ];
    Event {
        id: format!("change-{now}"),
        kinds: [kind, "written"].map(|kind| format!("google.cloud.firestore.document.v1.{kind}")).into(),
        source: format!("//firestore.googleapis.com/{database}"),
        subject: Some(format!("documents/{document}")),
        time: moment(now),
        extensions: extensions.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        content_type: "application/json".to_owned(),
        data: json!({ "oldValue": image(old), "updateMask": mask, "value": image(new) }).to_string(),
        channel: None,
    }
}

fn plain_fields(fields: &Value) -> Value {
    let fields = fields.as_object().into_iter().flatten();
    Value::Object(fields.map(|(name, value)| (name.clone(), plain(value))).collect::<Map<_, _>>())
}

/// A value without its type.
fn plain(value: &Value) -> Value {
    let (kind, value) = value.as_object().and_then(|value| value.iter().next()).unwrap();
    match kind.as_str() {
        "nullValue" => Value::Null,
        "booleanValue" | "doubleValue" | "stringValue" | "timestampValue" => value.clone(),
        "integerValue" => json!(value.as_str().unwrap().parse::<i64>().unwrap()),
        "mapValue" => plain_fields(&value["fields"]),
        "arrayValue" => value["values"].as_array().into_iter().flatten().map(plain).collect(),
        other => panic!("a value of the kind `{other}`"),
    }
}
