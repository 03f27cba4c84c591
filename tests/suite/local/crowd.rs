//! A thousand connections at once.

use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::served;
use crate::support::PATIENCE;

const CROWD: usize = 1000;

/// The function answers only when a thousand requests wait in it, so this passes only if all are served at once. The
/// client ends by itself: every connection is one request, and none may take longer than the suite's patience.
#[test]
fn a_thousand_connections_are_answered_at_once() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).unwrap();

    let program = served();
    let request = format!("GET /gather/{CROWD} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answered = runtime.block_on(async {
        let mut clients = tokio::task::JoinSet::new();
        for _ in 0..CROWD {
            let request = request.clone();
            clients.spawn(async move {
                let mut stream = tokio::net::TcpStream::connect(program.http).await.unwrap();
                stream.write_all(request.as_bytes()).await.unwrap();
                let mut response = String::new();
                tokio::time::timeout(PATIENCE, stream.read_to_string(&mut response)).await.unwrap().unwrap();
                response.starts_with("HTTP/1.1 200") && response.ends_with("gathered")
            });
        }
        clients.join_all().await.into_iter().filter(|answered| *answered).count()
    });
    assert_eq!(answered, CROWD);
    let metrics = program.metrics("gather");
    assert_eq!((&metrics["invocations"], &metrics["errors"]), (&CROWD.into(), &0.into()), "{metrics}");
    assert_eq!(metrics["duration"]["count"], CROWD);
}
