//! What a program sends to Google's services and keeps in them, with a double of Pub/Sub and of Firestore.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::{Container, serving_with};

/// What the services hold. A document is its fields and the time of its last change, in microseconds.
#[derive(Default)]
struct Held {
    published: Vec<(String, Value)>,
    documents: BTreeMap<String, (Value, u64)>,
    commits: usize,
}

/// The services, in one server.
struct Services {
    host: String,
    held: Arc<Mutex<Held>>,
}

impl Services {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let services = Self { host: listener.local_addr().unwrap().to_string(), held: Arc::default() };
        let held = Arc::clone(&services.held);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let held = Arc::clone(&held);
                std::thread::spawn(move || serve(&stream.unwrap(), &held));
            }
        });
        services
    }

    /// A program with some of its functions, told of the services.
    fn program(&self, functions: &str) -> Container {
        let resources = json!({
            "queue/messages": "projects/shop/topics/messages",
            "idempotency": "projects/shop/databases/(default)/documents/handled",
        });
        let variables = [
            ("TUSK_FN_RESOURCES", &*resources.to_string()),
            ("PUBSUB_EMULATOR_HOST", &self.host),
            ("FIRESTORE_EMULATOR_HOST", &self.host),
        ];
        serving_with("google", functions, &variables)
    }
}

fn serve(stream: &TcpStream, held: &Mutex<Held>) {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut line, mut length, mut header) = (String::new(), 0, String::new());
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        while header != "\r\n" {
            header.clear();
            reader.read_line(&mut header).unwrap();
            if let Some(value) = header.to_lowercase().strip_prefix("content-length: ") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        let path = line.split(' ').nth(1).unwrap();
        let (status, answer) = held.lock().unwrap().answer(path, &body);
        let answer = answer.to_string();
        let answer_head = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n\r\n", answer.len());
        let mut stream = stream;
        stream.write_all((answer_head + &answer).as_bytes()).unwrap();
    }
}

impl Held {
    fn answer(&mut self, path: &str, body: &Value) -> (u16, Value) {
        match path.rsplit_once(':') {
            Some((topic, "publish")) => {
                let messages = body["messages"].as_array().unwrap();
                let ids: Vec<String> = messages.iter().enumerate().map(|(place, _)| format!("m-{place}")).collect();
                self.published.extend(messages.iter().map(|message| (topic.to_owned(), message.clone())));
                (200, json!({ "messageIds": ids }))
            }
            Some((_, "batchGet")) => {
                let name = body["documents"][0].as_str().unwrap();
                let answer = match self.documents.get(name) {
                    Some((fields, time)) => {
                        json!([{ "found": { "name": name, "fields": fields, "updateTime": moment(*time) } }])
                    }
                    None => json!([{ "missing": name }]),
                };
                (200, answer)
            }
            Some((_, "commit")) => self.commit(&body["writes"][0]),
            _ => refused(404, "NOT_FOUND"),
        }
    }

    fn commit(&mut self, write: &Value) -> (u16, Value) {
        let name = write["update"]["name"].as_str().unwrap();
        let found = self.documents.get(name);
        let condition = &write["currentDocument"];
        if condition["exists"] == false && found.is_some() {
            return refused(409, "ALREADY_EXISTS");
        }
        if let Some(wanted) = condition["updateTime"].as_str()
            && found.is_none_or(|(_, time)| moment(*time) != wanted)
        {
            return refused(400, "FAILED_PRECONDITION");
        }
        self.commits += 1;
        let time = self.commits as u64;
        self.documents.insert(name.to_owned(), (write["update"]["fields"].clone(), time));
        (200, json!({ "writeResults": [{ "updateTime": moment(time) }] }))
    }
}

fn moment(micros: u64) -> String {
    format!("2026-01-31T12:00:00.{micros:06}Z")
}

fn refused(code: u16, status: &str) -> (u16, Value) {
    (code, json!({ "error": { "code": code, "message": "no", "status": status } }))
}

fn push(container: &Container, id: &str) -> u16 {
    let message = json!({ "data": "aGVsbG8=", "messageId": id, "publishTime": "2026-01-31T12:00:00Z" });
    let body = json!({ "message": message, "subscription": "projects/shop/subscriptions/s" });
    container.request("POST", "/", &[("content-type", "application/json")], &body.to_string()).status
}

#[test]
fn a_function_sends_to_a_topic() {
    let services = Services::start();
    let container = services.program("forward");
    assert_eq!(push(&container, "m-1"), 202);
    let published = std::mem::take(&mut services.held.lock().unwrap().published);
    // `"hello"`, as JSON.
    let expected = ("/v1/projects/shop/topics/messages".to_owned(), json!({ "data": "ImhlbGxvIg==" }));
    assert_eq!(published, [expected]);
}

#[test]
fn what_was_handled_is_remembered_in_a_collection() {
    let services = Services::start();
    let container = services.program("once");
    for id in ["m-1", "m-1", "m-2"] {
        assert_eq!(push(&container, id), 202, "{id}");
    }
    let held = services.held.lock().unwrap();
    // Begun and completed, twice.
    assert_eq!((held.documents.len(), held.commits), (2, 4), "{:?}", held.documents);
    for (name, (fields, _)) in &held.documents {
        assert!(name.starts_with("projects/shop/databases/(default)/documents/handled/"), "{name}");
        assert_eq!(fields["completed"]["booleanValue"], true);
        assert!(fields["expires_at"]["timestampValue"].is_string(), "{fields}");
    }
}

/// The platform is told that it failed, and nothing else.
#[test]
fn why_a_function_was_not_called_is_in_the_log() {
    let google = Google::new();
    let container = program(&google, None, "once");
    assert_eq!(push(&container, "m-1"), 202);
    let changed = json!({ "message": { "data": "b3RoZXI=", "messageId": "m-1" }, "subscription": "projects/shop/subscriptions/s" });
    let pushed = container.request("POST", "/", &[("content-type", "application/json")], &changed.to_string());
    assert_eq!(pushed.status, 400);
    let stranger = program(&google, Some("nobody@shop.iam.gserviceaccount.com"), "once");
    assert_eq!(push(&stranger, "m-2"), 500);
    for (mut container, why) in
        [(container, "`once#m-1` was delivered before with another payload"), (stranger, "PERMISSION_DENIED")]
    {
        let log = container.program.wait_for("the function was not called");
        let line = log.lines().find(|line| line.contains("the function was not called")).unwrap();
        assert!(line.contains("\"function\":\"once\"") && line.contains(why), "{line}");
    }
}
