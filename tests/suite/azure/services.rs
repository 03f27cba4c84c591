//! What functions send, store and read, with a double of the services: one server that gives tokens, takes messages, keeps documents
//! and has blobs.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use serde_json::{Value, json};

use super::{Host, Outcome, done, text};
use crate::support::program;

const TOKEN: &str = "the-token";

/// What the services know.
#[derive(Default)]
struct Known {
    /// The path that each message was sent to, and the message.
    messages: Vec<(String, Value)>,
    /// By their id.
    documents: BTreeMap<String, Value>,
    /// What was called without a token, or with another one.
    strangers: Vec<String>,
}

/// The services.
struct Services {
    address: SocketAddr,
    known: Arc<Mutex<Known>>,
}

impl Services {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let known = Arc::new(Mutex::new(Known::default()));
        let serving = Arc::clone(&known);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let known = Arc::clone(&serving);
                thread::spawn(move || serve(stream, &known));
            }
        });
        Self { address, known }
    }

    /// What a manifest puts into the environment, and what the platform does.
    fn variables(&self) -> Vec<(&'static str, String)> {
        let url = format!("http://{}", self.address);
        let resources = json!({
            "queue/messages": format!("{url}/messages-x7"), "idempotency": format!("{url}/dbs/shop/colls/handled"),
            "bucket/contents": format!("{url}/account/contents"),
        });
        vec![
            ("IDENTITY_ENDPOINT", format!("{url}/msi/token")),
            ("IDENTITY_HEADER", "the-proof".to_owned()),
            ("TUSK_FN_RESOURCES", resources.to_string()),
        ]
    }
}

/// A request, as far as it is looked at.
struct Request {
    method: String,
    path: String,
    head: String,
    body: String,
}

impl Request {
    fn read(stream: &mut BufReader<TcpStream>) -> Option<Self> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).ok()? == 0 {
                return None;
            }
        }
        let mut words = head.split(' ');
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        let length = |line: &str| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok();
        let mut body = vec![0; head.lines().find_map(length).unwrap_or(0)];
        stream.read_exact(&mut body).ok()?;
        Some(Self { method, path, head, body: String::from_utf8(body).ok()? })
    }

    fn header(&self, name: &str) -> Option<&str> {
        let named = |line: &'_ str| line.to_lowercase().starts_with(&format!("{name}: "));
        self.head.lines().find(|line| named(line)).map(|line| &line[name.len() + 2..])
    }
}

fn serve(stream: TcpStream, known: &Mutex<Known>) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = Request::read(&mut stream) {
        let (status, headers, body) = known.lock().unwrap_or_else(PoisonError::into_inner).answer(&request);
        let length = body.len();
        let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n{headers}\r\n{body}");
        if stream.get_mut().write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

impl Known {
    fn answer(&mut self, request: &Request) -> (u16, String, String) {
        if request.path.starts_with("/msi/token?") {
            let proven = request.header("x-identity-header") == Some("the-proof");
            let given = json!({ "access_token": TOKEN, "expires_on": "4000000000", "token_type": "Bearer" });
            return if proven { (200, String::new(), given.to_string()) } else { (401, String::new(), String::new()) };
        }
        let expected = if request.path.starts_with("/dbs/") {
            format!("type%3Daad%26ver%3D1.0%26sig%3D{TOKEN}")
        } else {
            format!("Bearer {TOKEN}")
        };
        if request.header("authorization") != Some(&expected) {
            self.strangers.push(request.path.clone());
            return (401, String::new(), String::new());
        }
        let (status, tag, body) = match request.path.split_once("/docs") {
            Some(("/dbs/shop/colls/handled", id)) => self.document(request, id.trim_start_matches('/')),
            _ if request.path.ends_with("/messages") => {
                let messages: Vec<Value> = serde_json::from_str(&request.body).unwrap();
                self.messages.extend(messages.into_iter().map(|message| (request.path.clone(), message)));
                (201, String::new(), String::new())
            }
            _ if request.path == "/account/contents/a%20b.txt" => (200, "1".to_owned(), "what is in it".to_owned()),
            _ => (404, String::new(), String::new()),
        };
        let headers = format!("etag: \"{tag}\"\r\nlast-modified: Sat, 31 Jan 2026 12:00:00 GMT\r\n");
        (status, headers, body)
    }

    /// The status, the document's tag, and the document.
    fn document(&mut self, request: &Request, id: &str) -> (u16, String, String) {
        let id = id.replace("%3D", "=").replace("%3A", ":");
        let tag = |document: &Value| document["_etag"].as_str().unwrap_or_default().trim_matches('"').to_owned();
        if request.method == "GET" {
            let found = self.documents.get(&id);
            return found.map_or((404, String::new(), String::new()), |it| (200, tag(it), it.to_string()));
        }
        let mut document: Value = serde_json::from_str(&request.body).unwrap();
        let name = document["id"].as_str().unwrap().to_owned();
        let there = self.documents.get(&name).map(tag);
        let is_free = match &*request.method {
            "POST" => there.is_none(),
            _ => there.is_some_and(|tag| request.header("if-match") == Some(&*format!("\"{tag}\""))),
        };
        if !is_free {
            return (if request.method == "POST" { 409 } else { 412 }, String::new(), String::new());
        }
        let new = document["tusk_fn_version"].to_string();
        document["_etag"] = format!("\"{new}\"").into();
        self.documents.insert(name, document);
        (200, new, String::new())
    }
}

fn bus(id: &str) -> Value {
    json!({"MessageId": id, "DeliveryCount": "1", "SequenceNumber": "3", "EnqueuedTimeUtc": "2026-01-31T12:00:00Z", "sys": {}})
}

#[test]
fn functions_send_remember_and_read() {
    let services = Services::start();
    let variables = services.variables();
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let host = Host::start_with("forward,once,content", &variables);
    let known = || services.known.lock().unwrap_or_else(PoisonError::into_inner);

    assert_eq!(host.invoke("forward", &json!({"message": text("hello")}), &bus("m-1")), done());
    let sent = known().messages.clone();
    let [(path, message)] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!((path.as_str(), &message["Body"]), ("/messages-x7/messages", &json!("\"hello\"")));

    // A delivery that was handled is not handled again.
    for (id, expected) in [("m/2", "once a"), ("m/2", ""), ("m/3", "once a")] {
        assert_eq!(host.invoke("once", &json!({"message": text("a")}), &bus(id)), done());
        assert_eq!(host.notes(), expected, "{id}");
    }
    let documents = known().documents.clone();
    assert_eq!(documents.len(), 2, "{documents:?}");
    for (id, document) in &documents {
        assert_eq!((document["completed"].as_bool(), id.contains('/')), (Some(true), false), "{document}");
        assert!(document["ttl"].as_i64().is_some_and(|seconds| seconds > 0), "{document}");
    }

    let created = |name: &str| {
        json!({"id": "e-1", "source": "/subscriptions/s/accounts/account", "specversion": "1.0", "type": "Microsoft.Storage.BlobCreated",
            "subject": format!("/blobServices/default/containers/contents/blobs/{name}"), "time": "2026-01-31T12:00:00Z",
            "data": {"contentLength": 13, "eTag": "0x8D"}})
    };
    assert_eq!(host.invoke("content", &json!({"event": created("a b.txt")}), &json!({"sys": {}})), done());
    assert_eq!(host.notes(), "content a b.txt what is in it");
    assert_eq!(host.invoke("content", &json!({"event": created("gone")}), &json!({"sys": {}})), Outcome::Failed(500));
    assert_eq!(known().strangers, [""; 0]);
}

#[test]
fn what_keeps_outputs_from_being_used_is_said_at_start() {
    let services = Services::start();
    let all = services.variables();
    let failed = |functions: &str, variables: &[(&str, &str)]| {
        let taken =
            program(env!("CARGO_BIN_EXE_taken")).env("FUNCTIONS_CUSTOMHANDLER_PORT", "18765").env("TUSK_FN", functions);
        let taken = variables.iter().fold(taken, |taken, (name, value)| taken.env(name, value));
        let (errors, status) = taken.fail();
        assert_eq!(status.code(), Some(1), "{errors}");
        errors
    };
    let identity = [("IDENTITY_ENDPOINT", all[0].1.as_str()), ("IDENTITY_HEADER", "x")];
    for functions in ["once", "forward"] {
        let errors = failed(functions, &[]);
        assert!(
            errors
                .contains("`IDENTITY_ENDPOINT` is missing: Azure sets it where a function app has a managed identity"),
            "{errors}"
        );
    }
    let errors = failed("forward", &identity);
    assert!(errors.contains("`forward`: queue messages") && errors.contains("has no `queue/messages`"), "{errors}");
    let errors = failed("once", &identity);
    assert!(errors.contains("`once`") && errors.contains("has no `idempotency`"), "{errors}");
    let elsewhere = ("TUSK_FN_RESOURCES", r#"{"queue/messages":"http://shop.servicebus.windows.net/messages"}"#);
    let errors = failed("forward", &[identity[0], identity[1], elsewhere]);
    assert!(errors.contains("`queue/messages` in `TUSK_FN_RESOURCES` is an `http` url of another machine"), "{errors}");
    assert!(services.known.lock().unwrap_or_else(PoisonError::into_inner).strangers.is_empty());
}

/// A function that is given blobs may never read what is in them.
#[test]
fn a_function_of_blobs_starts_without_an_identity() {
    let host = Host::start("blob,content");
    let subject = "/blobServices/default/containers/contents/blobs/a";
    let event = json!({"id": "e-1", "source": "/s", "specversion": "1.0", "type": "Microsoft.Storage.BlobCreated", "subject": subject,
        "time": "2026-01-31T12:00:00Z", "data": {}});
    assert_eq!(host.invoke("content", &json!({"event": event}), &json!({"sys": {}})), Outcome::Failed(500));
}
