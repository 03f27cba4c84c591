//! A server that answers what it is told, one answer for each request, and remembers the requests.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// What is done with a request.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// A status, headers, and a body.
    Say(u16, &'static str, String),
    /// The connection is closed.
    Close,
    /// Nothing, for ever.
    Nothing,
    /// What follows from the requests so far.
    Of(fn(&[Request]) -> Answer),
}

impl Answer {
    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self::Say(status, "content-type: application/json\r\n", body.to_owned())
    }
}

/// A request, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// In small letters.
    pub(crate) head: String,
    /// The method and the path, as they came.
    pub(crate) line: String,
    pub(crate) body: String,
    /// Which connection it came by, counted from nought.
    pub(crate) connection: usize,
}

/// What the server does and has seen. The last answer is given again and again.
#[derive(Clone, Default)]
pub(crate) struct Script {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Script {
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn next(&self) -> Answer {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        match answer.unwrap_or(Answer::Close) {
            Answer::Of(answer) => answer(&self.requests()),
            other => other,
        }
    }

    /// Serves one connection.
    pub(crate) async fn serve(&self, stream: impl AsyncRead + AsyncWrite + Unpin, connection: usize) {
        let mut stream = BufReader::new(stream);
        while let Some((line, head, body)) = read(&mut stream).await {
            let request = Request { head, line, body, connection };
            self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);
            match self.next() {
                Answer::Say(status, headers, body) => {
                    let length = body.len();
                    let text = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n{headers}\r\n{body}");
                    if stream.write_all(text.as_bytes()).await.is_err() || stream.flush().await.is_err() {
                        return;
                    }
                }
                Answer::Close => return,
                Answer::Nothing | Answer::Of(_) => std::future::pending().await,
            }
        }
    }
}

async fn read(stream: &mut (impl AsyncBufReadExt + Unpin)) -> Option<(String, String, String)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let line = head.lines().next()?.strip_suffix(" HTTP/1.1")?.to_owned();
    let head = head.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(Ok(0), str::parse);
    let mut body = vec![0; length.ok()?];
    stream.read_exact(&mut body).await.ok()?;
    Some((line, head, String::from_utf8_lossy(&body).into_owned()))
}

/// Starts a server; its URL, and what it sees.
pub(crate) async fn start(answers: impl IntoIterator<Item = Answer>) -> (String, Script) {
    let script = Script { answers: Arc::new(Mutex::new(answers.into_iter().collect())), ..Script::default() };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let serving = script.clone();
    tokio::spawn(async move {
        for connection in 0.. {
            let Ok((stream, _)) = listener.accept().await else { return };
            let serving = serving.clone();
            tokio::spawn(async move { serving.serve(stream, connection).await });
        }
    });
    (url, script)
}
