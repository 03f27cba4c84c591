//! What Azure's answers say of what went wrong.
//!
//! Each service says it in another way: Storage in a header, Cosmos DB, Key Vault, Event Grid and the giver of tokens in JSON, Service
//! Bus in XML, whose code is the status once more.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::identity::Service;
use crate::provider::client::error::{Class, Fault, Refusal};

/// What an answer says.
pub(super) struct Said {
    status: StatusCode,
    code: String,
    /// In words. They may repeat what was sent.
    words: Option<String>,
    /// Of Cosmos DB, where one status has several meanings.
    pub(super) substatus: u32,
    /// For how long to wait.
    after: Option<Duration>,
    tells_why: bool,
}

impl Said {
    pub(super) fn read(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let number = |name: &str| header(name).and_then(|text| text.trim().parse::<u32>().ok());
        let (code, words) = written(body);
        // A number says no more than the status.
        let code = header("x-ms-error-code").map(str::to_owned).or(code).filter(|code| code.parse::<u32>().is_err());
        let code = code.unwrap_or_else(|| status.canonical_reason().unwrap_or_default().to_owned());
        let milliseconds = number("x-ms-retry-after-ms").map(|number| Duration::from_millis(number.into()));
        let after = milliseconds.or_else(|| number("retry-after").map(|number| Duration::from_secs(number.into())));
        let substatus = number("x-ms-substatus").unwrap_or_default();
        // Service Bus says 401 also to who is known, and may not do what is asked for.
        let tells_why = matches!(status, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED);
        Self { status, code, words, substatus, after, tells_why }
    }

    /// With the words, whatever the status.
    pub(super) fn telling_why(self) -> Self {
        Self { tells_why: true, ..self }
    }

    /// As what the call failed of. Words that repeat `secret` are left out.
    pub(super) fn refused(&self, service: Option<Service>, secret: &str) -> Fault {
        let words =
            self.words.as_deref().filter(|words| self.tells_why && (secret.is_empty() || !words.contains(secret)));
        let line = words.map(|words| words.split_whitespace().collect::<Vec<_>>().join(" "));
        let is_of_contents = matches!(self.status, StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE);
        Refusal::new(&self.code, Some(self.status), self.class(service))
            .with_permission(line.as_deref())
            .of_contents(is_of_contents)
            .after(self.after)
            .into()
    }

    fn class(&self, service: Option<Service>) -> Class {
        // "HTTP status codes for Azure Cosmos DB": a partition is about to move, two writes met.
        const GONE_FOR_A_MOMENT: u16 = 410;
        const RETRY_WITH: u16 = 449;
        const READ_SESSION_NOT_AVAILABLE: u32 = 1002;
        let is_cosmos = service == Some(Service::CosmosDb);
        match self.status.as_u16() {
            429 => Class::Throttled,
            503 if self.code.contains("Busy") => Class::Throttled,
            408 | 500..=599 => Class::Passing,
            GONE_FOR_A_MOMENT | RETRY_WITH if is_cosmos => Class::Passing,
            404 if is_cosmos && self.substatus == READ_SESSION_NOT_AVAILABLE => Class::Passing,
            _ => Class::Lasting,
        }
    }
}

/// The code and the words of a body.
fn written(body: &[u8]) -> (Option<String>, Option<String>) {
    /// Of Service Bus, and of Storage.
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "PascalCase", default)]
    struct Xml {
        code: Option<String>,
        detail: Option<String>,
        message: Option<String>,
    }
    let text = std::str::from_utf8(body).unwrap_or_default().trim_start_matches('\u{feff}').trim();
    if text.starts_with('<') {
        let xml: Xml = quick_xml::de::from_str(text).unwrap_or_default();
        return (xml.code, xml.detail.or(xml.message));
    }
    let outer: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
    let inner = outer.get("error").and_then(Value::as_object).unwrap_or(&outer);
    let field = |names: [&str; 2]| names.into_iter().find_map(|name| Some(inner.get(name)?.as_str()?.to_owned()));
    (field(["code", "error"]), field(["message", "error_description"]))
}
