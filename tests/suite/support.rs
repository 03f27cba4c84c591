//! Programs as processes, and a client that speaks HTTP/1 byte by byte, so that the suite sees what is on the wire.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tusk_fn::FunctionRecord;

/// The folder of the programs that this suite was built with, with these examples built into it.
pub(crate) fn built(examples: &[&str]) -> PathBuf {
    let folder = Path::new(env!("CARGO_BIN_EXE_cloud")).parent().unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--bins"]);
    for example in examples {
        cargo.args(["-p", example]);
    }
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    let built = cargo.env("CARGO_TARGET_DIR", folder.parent().unwrap()).current_dir(env!("CARGO_MANIFEST_DIR"));
    assert!(built.status().unwrap().success());
    folder.to_owned()
}

/// The records in a program's file, found by what each begins with, and sorted by name.
pub(crate) fn records(program: &Path) -> Vec<FunctionRecord> {
    let bytes = std::fs::read(program).expect("it was built");
    let opening = br#"{"v":1,"name":"#;
    let mut records: Vec<FunctionRecord> = (0..bytes.len())
        .filter(|at| bytes[*at..].starts_with(opening))
        .map(|at| {
            let length = bytes[at..].iter().position(|byte| *byte == b'\n').expect("a record is a line");
            FunctionRecord::from_json(&bytes[at..at + length]).expect("it is a record")
        })
        .collect();
    records.sort_by(|a, b| a.name.cmp(&b.name));
    records
}

/// How long anything may take. It is no measure of speed: only a fault takes as long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A program to be started.
pub(crate) struct Starter {
    command: Command,
}

/// A program that is not started yet. It takes free ports, and its environment says nothing else.
pub(crate) fn program(path: &str) -> Starter {
    let mut command = Command::new(path);
    command.env_clear().env("PORT", "0").env("TUSK_FN_ADMIN_PORT", "0");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Starter { command }
}

impl Starter {
    /// Sets a variable of its environment.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Leaves a variable out of its environment.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Adds an argument.
    pub(crate) fn arg(mut self, argument: &str) -> Self {
        self.command.arg(argument);
        self
    }

    /// Starts it, and waits until it serves.
    pub(crate) fn serve(self) -> Program {
        let mut program = self.start();
        let banner = program.wait_for(BANNER_END);
        program.read_banner(&banner);
        program
    }

    /// Starts it, waits until it serves, and closes the other ends of its outputs, as `program 2>&1 | head` does.
    pub(crate) fn serve_unheard(mut self) -> Program {
        let mut child = self.command.spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        drop(child.stderr.take());
        let mut banner = String::new();
        while !banner.contains(BANNER_END) {
            assert!(output.read_line(&mut banner).unwrap() > 0, "the program ended: {banner}");
        }
        let mut program = Program::new(child);
        program.read_banner(&banner);
        program
    }

    /// Starts it, and waits until it ended: what it printed on its standard error, and how it ended.
    pub(crate) fn fail(self) -> (String, ExitStatus) {
        let mut program = self.start();
        let status = program.wait();
        (program.errors(), status)
    }

    /// Starts it.
    pub(crate) fn start(mut self) -> Program {
        let mut child = self.command.spawn().unwrap();
        let (output, errors) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let program = Program::new(child);
        program.output.gather(output);
        program.errors.gather(errors);
        program
    }
}

/// What the banner ends with.
const BANNER_END: &str = "everybody is let in";

/// The word after a text.
fn after(text: &str, before: &str) -> String {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before:?} in {text}"));
    rest.split_whitespace().next().unwrap_or_default().to_owned()
}

/// What a process prints, read as it comes.
#[derive(Clone, Default)]
struct Output {
    text: Arc<Mutex<String>>,
    reader: Arc<Mutex<Option<thread::JoinHandle<()>>>>,
}

impl Output {
    fn gather(&self, from: impl Read + Send + 'static) {
        let text = Arc::clone(&self.text);
        let reader = thread::spawn(move || {
            let mut lines = BufReader::new(from);
            let mut line = Vec::new();
            while lines.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
                text.lock().unwrap_or_else(PoisonError::into_inner).push_str(&String::from_utf8_lossy(&line));
                line.clear();
            }
        });
        *self.reader.lock().unwrap() = Some(reader);
    }

    fn so_far(&self) -> String {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All of it, once the process ended.
    fn all(&self) -> String {
        let reader = self.reader.lock().unwrap().take();
        if let Some(reader) = reader {
            reader.join().unwrap();
        }
        self.so_far()
    }
}

/// A program that runs. It is killed when it is dropped.
pub(crate) struct Program {
    child: Child,
    output: Output,
    errors: Output,
    pub(crate) http: SocketAddr,
    pub(crate) admin: SocketAddr,
    pub(crate) token: String,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    fn new(child: Child) -> Self {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let (output, errors) = (Output::default(), Output::default());
        Self { child, output, errors, http: nowhere, admin: nowhere, token: String::new() }
    }

    fn read_banner(&mut self, banner: &str) {
        self.http = after(banner, "listening on http://").parse().unwrap();
        self.admin = after(banner, "admin API   http://").parse().unwrap();
        self.token = after(banner, "token ");
    }

    /// What it printed so far: the banner and the log.
    pub(crate) fn log(&self) -> String {
        self.output.so_far()
    }

    /// What it printed on its standard error; all of it once it ended.
    pub(crate) fn errors(&mut self) -> String {
        if self.child.try_wait().unwrap().is_some() { self.errors.all() } else { self.errors.so_far() }
    }

    /// Waits until it printed a text on its standard output, and gives all of that.
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        let mut ended = false;
        until(&format!("{text:?} is printed"), || {
            let output = if ended { self.output.all() } else { self.output.so_far() };
            if output.contains(text) {
                return Some(output);
            }
            assert!(!ended, "the program ended without printing {text:?}:\n{output}\n{}", self.errors.all());
            ended = self.child.try_wait().unwrap().is_some();
            None
        })
    }

    /// Waits until it printed a text on its standard error.
    pub(crate) fn wait_for_error(&self, text: &str) {
        until(&format!("{text:?} is printed"), || self.errors.so_far().contains(text).then_some(()));
    }

    /// Waits until `GET /events` tells of something.
    pub(crate) fn wait_for_event(&self, event: &str) {
        until(&format!("the event {event:?}"), || self.events().iter().any(|it| it == event).then_some(()));
    }

    /// What `GET /events` tells.
    pub(crate) fn events(&self) -> Vec<String> {
        serde_json::from_slice(&self.get("/events").body).unwrap()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let id = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(id, signal).unwrap();
    }

    /// Waits until it ended.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        until("the program ends", || self.child.try_wait().unwrap())
    }

    /// Asks it to stop, and waits until it did so in good order.
    pub(crate) fn stop(&mut self) -> String {
        let (status, log) = self.end(Signal::TERM);
        assert!(status.success(), "{status}: {}", self.errors.all());
        log
    }

    /// Ends it by a signal: how, and what it printed.
    pub(crate) fn end(&mut self, by: Signal) -> (ExitStatus, String) {
        self.signal(by);
        let status = self.wait();
        (status, self.output.all())
    }

    /// Connects to it.
    pub(crate) fn connect(&self) -> Connection {
        Connection::to(self.http)
    }

    /// One `GET` on a connection of its own.
    pub(crate) fn get(&self, path: &str) -> Response {
        self.request("GET", path, &[], b"")
    }

    /// One request on a connection of its own.
    pub(crate) fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        self.connect().request(method, path, headers, body)
    }

    /// One request to the admin API, with the token.
    pub(crate) fn admin(&self, method: &str, path: &str, body: &str) -> Response {
        let token = format!("Bearer {}", self.token);
        Connection::to(self.admin).request(method, path, &[("authorization", &token)], body.as_bytes())
    }

    /// The metrics of one function.
    pub(crate) fn metrics(&self, function: &str) -> serde_json::Value {
        let all: Vec<serde_json::Value> = serde_json::from_slice(&self.admin("GET", "/metrics", "").body).unwrap();
        all.into_iter().find(|it| it["function"] == function).unwrap()
    }
}

/// Asks again and again until there is an answer.
pub(crate) fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "waited in vain until {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// One connection, kept alive.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The `detail` of a problem document, whose other members are checked.
    pub(crate) fn detail(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        problem["detail"].as_str().unwrap_or_default().to_owned()
    }
}

impl Connection {
    pub(crate) fn to(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).unwrap())
    }

    pub(crate) fn over(stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::new(stream) }
    }

    /// Sends bytes as they are.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    /// Sends bytes as far as the server takes them: it may have answered and closed.
    pub(crate) fn send_some(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.get_mut().write_all(bytes.as_ref()).is_ok()
    }

    /// Goes away without a word.
    pub(crate) fn close(self) {
        self.stream.get_ref().shutdown(Shutdown::Both).unwrap();
    }

    /// Sends a request and reads its response.
    pub(crate) fn request(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        self.send(head(method, path, headers, body.len()));
        // A body that is refused need not be taken.
        self.send_some(body);
        self.response_to(method)
    }

    /// Reads the response to a `GET`.
    pub(crate) fn response(&mut self) -> Response {
        self.response_to("GET")
    }

    fn response_to(&mut self, method: &str) -> Response {
        self.try_response(method).unwrap_or_else(|| panic!("the connection ended before the response"))
    }

    /// Reads a response; none if the connection ended before.
    pub(crate) fn try_response(&mut self, method: &str) -> Option<Response> {
        let (status, headers) = self.head()?;
        let length = headers.get("content-length").map(|length| length.parse().unwrap());
        let body = if method == "HEAD" || status < 200 || status == 204 {
            Vec::new()
        } else if headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked") {
            self.chunks()?
        } else if let Some(length) = length {
            let mut body = vec![0; length];
            self.stream.read_exact(&mut body).ok()?;
            body
        } else {
            let mut body = Vec::new();
            self.stream.read_to_end(&mut body).ok()?;
            body
        };
        Some(Response { status, headers, body })
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => Some(line.trim_end().to_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => None,
            Err(error) => panic!("nothing came: {error}"),
        }
    }

    /// Reads the status line and the headers.
    pub(crate) fn head(&mut self) -> Option<(u16, BTreeMap<String, String>)> {
        let status = self.line()?.split(' ').nth(1)?.parse().unwrap();
        let mut headers = BTreeMap::new();
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        Some((status, headers))
    }

    /// Reads one chunk; an empty one is the last. None if the connection ended before.
    pub(crate) fn chunk(&mut self) -> Option<Vec<u8>> {
        let length = usize::from_str_radix(&self.line()?, 16).ok()?;
        let mut chunk = vec![0; length];
        self.stream.read_exact(&mut chunk).ok()?;
        self.line()?;
        Some(chunk)
    }

    fn chunks(&mut self) -> Option<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                return Some(body);
            }
            body.extend(chunk);
        }
    }

    /// Reads whatever comes until the server closes the connection.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        // Reset or closed: it has ended.
        let _ = self.stream.read_to_end(&mut all);
        all
    }

    /// Waits until the server closes the connection; nothing more may come.
    pub(crate) fn expect_end(&mut self) {
        if let Some(line) = self.line() {
            panic!("the connection goes on: {line}");
        }
    }
}

/// A request's head.
pub(crate) fn head(method: &str, path: &str, headers: &[(&str, &str)], length: usize) -> String {
    let has = |wanted: &str| headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
    let mut lines = vec![format!("{method} {path} HTTP/1.1")];
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
    if !has("host") {
        lines.push("host: 127.0.0.1".to_owned());
    }
    if (length > 0 || !matches!(method, "GET" | "HEAD")) && !has("transfer-encoding") {
        lines.push(format!("content-length: {length}"));
    }
    lines.join("\r\n") + "\r\n\r\n"
}
