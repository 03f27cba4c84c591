//! A double of Azure's host, written from what its source shows: it encodes values as the host does, and judges replies as the host
//! does. It knows nothing of the program.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Connection, Program, Response, Starter, until};

/// The host, and the program that it started.
pub(crate) struct Host {
    pub(crate) program: Program,
    /// The app's own folder.
    pub(crate) folder: TempDir,
    address: SocketAddr,
    invocations: AtomicU64,
}

/// What the host makes of a reply.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    /// The invocation succeeded; this is the output `res`, if there is one.
    Succeeded(Value),
    /// It failed: it is tried again, or goes to the poison queue.
    Failed(u16),
}

impl Host {
    /// Starts a program with what the host itself puts into its environment, and waits until it can be connected to.
    pub(crate) fn run(program: Starter, folder: TempDir) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let program = program
            .without("PORT")
            .env("FUNCTIONS_CUSTOMHANDLER_PORT", port.to_string())
            .env("FUNCTIONS_CUSTOMHANDLER_WORKER_ID", "7b2b7f0e-6d7e-4a26-9d0e-0f4f3f0f7f55")
            .env("FUNCTIONS_HTTPWORKER_PORT", port.to_string())
            .env("FUNCTIONS_APP_ROOT_PATH", folder.path())
            .env("FUNCTIONS_WORKER_RUNTIME", "Custom")
            .start();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        // Any status will do for the host.
        until("the program listens", || TcpStream::connect(address).ok());
        assert!(Connection::to(address).request("GET", "/", &[("host", &address.to_string())], b"").status > 0);
        Self { program, folder, address, invocations: AtomicU64::new(0xb3f0_43dc_f1ff) }
    }

    /// Invokes a function.
    pub(crate) fn invoke(&self, function: &str, data: &Value, metadata: &Value) -> Outcome {
        judge(&self.reply(function, data, metadata))
    }

    /// What a function replies.
    pub(crate) fn reply(&self, function: &str, data: &Value, metadata: &Value) -> Response {
        let body = json!({"Data": data, "Metadata": metadata}).to_string();
        let mut connection = Connection::to(self.address);
        // The host does not say how long the body is.
        connection.send(format!(
            "POST /{function} HTTP/1.1\r\nhost: {}\r\nuser-agent: Azure-Functions-Host/4.1037.0\r\n\
             x-azure-functions-invocationid: {}\r\nx-azure-functions-hostversion: 4.1037.0\r\n\
             traceparent: 00-bb2bd5eef54cb15a1506d0326d2489e7-d3f54c84c7034d76-00\r\n\
             content-type: application/json; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n\
             {:x}\r\n{body}\r\n0\r\n\r\n",
            self.address,
            self.invocation(),
            body.len()
        ));
        connection.response()
    }

    /// A client's request, as the host forwards it.
    pub(crate) fn forward(&self, method: &str, path: &str, body: &str) -> Response {
        self.forward_with(method, path, &[], body)
    }

    /// The same, with more headers of the client's.
    pub(crate) fn forward_with(&self, method: &str, path: &str, more: &[(&str, &str)], body: &str) -> Response {
        let (host, invocation) = (self.address.to_string(), self.invocation());
        let mut headers = vec![("host", &*host), ("x-azure-functions-invocationid", &*invocation)];
        headers.extend(more);
        Connection::to(self.address).request(method, path, &headers, body.as_bytes())
    }

    fn invocation(&self) -> String {
        format!("83a33220-a921-460a-bec0-{:012x}", self.invocations.fetch_add(1, Ordering::Relaxed))
    }
}

/// What the host makes of a reply (`DefaultHttpWorkerService.ProcessDefaultInvocationRequest`).
fn judge(reply: &Response) -> Outcome {
    if !(200..300).contains(&reply.status) {
        // A redirection would be followed, to who knows where.
        assert!(!(300..400).contains(&reply.status), "{reply:?}");
        return Outcome::Failed(reply.status);
    }
    let kind = reply.header("content-type").unwrap_or_default();
    assert!(kind.starts_with("application/json"), "the host takes {kind:?} for a failure");
    assert!(!reply.body.is_empty(), "the host would wait until the timeout of the function");
    let value = reply.json();
    for field in ["Outputs", "Logs", "ReturnValue"] {
        assert!(value.get(field).is_some(), "{value}");
    }
    Outcome::Succeeded(value["Outputs"].get("res").cloned().unwrap_or_default())
}

/// A text in `Data`, or a list: the host encodes it once more.
pub(crate) fn text(value: impl Into<Value>) -> Value {
    Value::String(value.into().to_string())
}

/// An invocation that succeeded.
pub(crate) fn done() -> Outcome {
    Outcome::Succeeded(Value::Null)
}
