//! A small HTTP server in this process, which answers as a test wants.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// An answer: a status, headers and a body.
#[derive(Clone, Debug)]
pub(super) struct Response(pub(super) u16, pub(super) Vec<(&'static str, String)>, pub(super) Vec<u8>);

/// A server, and what it was asked.
pub(super) struct Server {
    pub(super) address: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| &**value)
    }

    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    fn read(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let mut words = line.split_ascii_whitespace();
        let mut request =
            Self { method: words.next()?.to_owned(), target: words.next()?.to_owned(), ..Self::default() };
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            request.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
        request.body.resize(length, 0);
        reader.read_exact(&mut request.body).ok()?;
        Some(request)
    }
}

impl Response {
    pub(super) fn empty(status: u16) -> Self {
        Self(status, Vec::new(), Vec::new())
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.1.push((name, value.into()));
        self
    }

    pub(super) fn json(status: u16, body: &str) -> Self {
        Self(status, vec![("content-type", "application/json".to_owned())], body.into())
    }

    fn write(&self, mut stream: &TcpStream, is_head: bool) {
        let headers: Vec<_> = self.1.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let headers = headers.concat();
        let length = self.2.len();
        let head = format!("HTTP/1.1 {} x\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n", self.0);
        let body = if is_head { &[][..] } else { &self.2 };
        // A client that has seen enough may be gone.
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
    }
}

impl Server {
    /// Starts one on a free port of this machine; it ends with the process.
    pub(super) fn start(answer: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let Some(request) = Request::read(&stream) else { continue };
                kept.lock().unwrap().push(request.clone());
                answer(&request).write(&stream, request.method == "HEAD");
            }
        });
        Self { address, seen }
    }

    /// The requests so far.
    pub(super) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// Their methods and paths, without what depends on the image.
    pub(super) fn lines(&self) -> Vec<String> {
        let short = |request: &Request| {
            let path = request.path();
            let path = path.split_once("sha256:").map_or(path.to_owned(), |(before, _)| format!("{before}DIGEST"));
            format!("{} {path}", request.method)
        };
        self.seen().iter().map(short).collect()
    }
}
