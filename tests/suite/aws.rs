//! AWS Lambda, against a Runtime API of this file: what the emulator of AWS cannot show (the judges use that one).

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

use crate::support::{PATIENCE, Program, Starter, program};

/// A request of the program to the Runtime API: its path and its body.
type Call = (String, Value);

/// A Runtime API that gives each event once, and keeps what the program sends.
struct RuntimeApi {
    address: SocketAddr,
    calls: Mutex<Receiver<Call>>,
}

impl RuntimeApi {
    fn start(events: Vec<Value>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (send, calls) = channel();
        let events = Arc::new(Mutex::new(events.into_iter().enumerate().collect::<Vec<_>>().into_iter()));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (events, send) = (Arc::clone(&events), send.clone());
                thread::spawn(move || serve(&stream, &|| events.lock().unwrap().next(), &send));
            }
        });
        Self { address, calls: Mutex::new(calls) }
    }

    /// A program for it.
    fn starter(&self, path: &str) -> Starter {
        program(path)
            .env("AWS_LAMBDA_RUNTIME_API", self.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "probe")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
    }

    /// The next thing that the program sends.
    fn next(&self) -> Call {
        self.calls.lock().unwrap().recv_timeout(PATIENCE).expect("the program sends something")
    }

    /// The next `count` answers, by the number of their event.
    fn answers(&self, count: usize) -> BTreeMap<usize, Call> {
        (0..count)
            .map(|_| {
                let call = self.next();
                let number = call.0.split('/').nth(4).and_then(|id| id.parse().ok());
                (number.unwrap_or_else(|| panic!("{call:?}")), call)
            })
            .collect()
    }
}

/// Serves one connection.
fn serve(stream: &TcpStream, next: &dyn Fn() -> Option<(usize, Value)>, calls: &Sender<Call>) {
    let mut reader = BufReader::new(stream);
    while let Some((path, body)) = read_request(&mut reader) {
        let answer = match path.as_str() {
            "/2018-06-01/runtime/invocation/next" => match next() {
                Some((number, event)) => invocation(number, &event.to_string()),
                None => return thread::park(),
            },
            "/2020-01-01/extension/register" => {
                "HTTP/1.1 200 OK\r\nlambda-extension-identifier: x\r\ncontent-length: 0\r\n\r\n".to_owned()
            }
            "/2020-01-01/extension/event/next" => return thread::park(),
            _ => {
                calls.send((path, serde_json::from_slice(&body).unwrap())).unwrap();
                "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n".to_owned()
            }
        };
        (&mut &*stream).write_all(answer.as_bytes()).unwrap();
    }
}

fn read_request(reader: &mut BufReader<&TcpStream>) -> Option<(String, Vec<u8>)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().to_ascii_lowercase().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((path, body))
}

/// The answer with an event. Its deadline is the absurd one of a local tool, which must not count.
fn invocation(number: usize, event: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: {number}\r\nlambda-runtime-deadline-ms: 600000\r\n\
         lambda-runtime-invoked-function-arn: arn\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{event}",
        event.len()
    )
}

fn get(path: &str) -> Value {
    json!({
        "version": "2.0", "rawPath": path, "rawQueryString": "", "headers": {}, "isBase64Encoded": false,
        "requestContext": {"stage": "$default", "http": {"method": "GET", "path": path}}
    })
}

fn probe() -> &'static str {
    env!("CARGO_BIN_EXE_probe")
}

fn start(api: &RuntimeApi) -> Program {
    api.starter(probe()).start()
}

#[test]
fn as_many_invocations_run_at_once_as_the_platform_allows() {
    let api = RuntimeApi::start(vec![get("/gather/4"); 4]);
    let _program = api.starter(probe()).env("AWS_LAMBDA_MAX_CONCURRENCY", "4").start();
    for (_, (path, answer)) in api.answers(4) {
        assert!(path.ends_with("/response"), "{path}");
        assert_eq!(answer["body"], "gathered");
    }
}

#[test]
fn what_goes_wrong_in_an_http_function_is_an_answer_and_the_process_goes_on() {
    let api = RuntimeApi::start(vec![get("/panic/later"), get("/hang"), get("/nowhere"), get("/release")]);
    let _program = start(&api);
    let statuses: Vec<Value> = api.answers(4).into_values().map(|(_, answer)| answer["statusCode"].clone()).collect();
    assert_eq!(statuses, [500, 504, 404, 200]);
}

#[test]
fn an_event_that_is_none_is_an_error_of_its_kind() {
    let api = RuntimeApi::start(vec![json!([]), json!({"Records": [{"eventSource": "aws:sqs"}]}), get("/release")]);
    let _program = start(&api);
    let answers = api.answers(3);
    let kinds: Vec<&Value> = answers.values().map(|(_, answer)| &answer["errorType"]).collect();
    assert_eq!(kinds, [&json!("MalformedEvent"), &json!("UnsupportedEvent"), &Value::Null]);
    assert!(answers[&0].0.ends_with("/error") && answers[&2].0.ends_with("/response"));
}

#[test]
fn what_keeps_a_program_from_starting_is_reported_once() {
    let api = RuntimeApi::start(Vec::new());
    let (errors, status) = api.starter(env!("CARGO_BIN_EXE_faulty_states")).fail();
    let (path, report) = api.next();
    assert_eq!((path.as_str(), &report["errorType"]), ("/2018-06-01/runtime/init/error", &json!("InvalidStates")));
    assert!(errors.contains(report["errorMessage"].as_str().unwrap()), "{errors}");
    assert_eq!(status.code(), Some(1));
}

#[test]
fn the_hook_runs_before_the_platform_ends_the_process() {
    let api = RuntimeApi::start(vec![get("/nowhere")]);
    let mut program = api.starter(env!("CARGO_BIN_EXE_own_main")).arg("hello").start();
    api.answers(1);
    program.signal(rustix::process::Signal::TERM);
    program.wait_for("the hook ran");
    assert_eq!(program.wait().code(), Some(0));
}

#[test]
fn a_missing_variable_of_the_platform_is_named() {
    let (errors, status) = program(probe()).env("TUSK_FN_PROVIDER", "aws").fail();
    assert!(errors.contains("`AWS_LAMBDA_FUNCTION_NAME` is missing"), "{errors}");
    assert_eq!(status.code(), Some(1));
}
