//! What Google's services say went wrong: a status with a name, as "google/rpc/code.proto" lists them.

use http::StatusCode;
use serde::Deserialize;

use crate::provider::client::error::{Class, Fault, Refusal};

/// What an answer has. A method that answers in parts says it in a list of one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    // The first, since a list is also read as an object by the order of its fields.
    Parts([Wrapper; 1]),
    One(Wrapper),
}

#[derive(Deserialize)]
struct Wrapper {
    error: Status,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    status: String,
    message: String,
}

/// What an answer says that is no success.
pub(super) fn read(status: StatusCode, body: &[u8]) -> Fault {
    let said = match serde_json::from_slice(body) {
        Ok(Answer::Parts([wrapper]) | Answer::One(wrapper)) => wrapper.error,
        // A proxy, or a server that fails early, answers anything.
        Err(_) => Status::default(),
    };
    let code = match (said.status.as_str(), said.message.as_str()) {
        // The name of a resource may be right, and its database missing.
        (NOT_FOUND, message) if message.starts_with("The database ") => NO_DATABASE,
        (code, _) => code,
    };
    let class = class(code, status);
    let is_permission = code == "PERMISSION_DENIED";
    let is_of_contents = matches!(code, "INVALID_ARGUMENT" | "OUT_OF_RANGE") || status == StatusCode::PAYLOAD_TOO_LARGE;
    Refusal::new(code, Some(status), class)
        .with_permission(Some(said.message.as_str()).filter(|message| is_permission && !message.is_empty()))
        .of_contents(is_of_contents)
        .into()
}

/// The code of something that is not there.
pub(super) const NOT_FOUND: &str = "NOT_FOUND";
/// The code, ours, of a database that is not there.
const NO_DATABASE: &str = "NOT_FOUND: the database";

/// Which of them Google's own clients try again (`pubsub_grpc_service_config.json` and its kind), and those that tell of a
/// token that ended.
fn class(code: &str, status: StatusCode) -> Class {
    match code {
        "RESOURCE_EXHAUSTED" => Class::Throttled,
        "ABORTED" | "CANCELLED" | "DEADLINE_EXCEEDED" | "INTERNAL" | "UNAUTHENTICATED" | "UNAVAILABLE" | "UNKNOWN" => {
            Class::Passing
        }
        "" => match status {
            StatusCode::TOO_MANY_REQUESTS => Class::Throttled,
            StatusCode::UNAUTHORIZED | StatusCode::REQUEST_TIMEOUT => Class::Passing,
            status if status.is_server_error() => Class::Passing,
            _ => Class::Lasting,
        },
        _ => Class::Lasting,
    }
}
