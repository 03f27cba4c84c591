//! Places some orders, as customers would, as soon as the shop is open.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

/// Begins; what happens is seen in the log.
pub(crate) fn begin() {
    let port = std::env::var("PORT").unwrap_or_else(|_| "8080".to_owned());
    thread::spawn(move || {
        let lamp = r#"{"pieces": 4, "cents": 4900}"#;
        request(&port, "PUT", "/stock/lamp", lamp);
        request(&port, "POST", "/orders", r#"{"id": "o-1", "customer": "Ada", "sku": "lamp", "pieces": 1}"#);
        request(&port, "POST", "/orders", r#"{"id": "o-2", "customer": "Ada", "sku": "lamp", "pieces": 2}"#);
        // A customer's orders go in their order, so that only one is left; after a few tries this one is given up.
        request(&port, "POST", "/orders", r#"{"id": "o-3", "customer": "Ada", "sku": "lamp", "pieces": 2}"#);
        // Nobody sells these.
        request(&port, "POST", "/orders", r#"{"id": "o-4", "customer": "Grace", "sku": "moon", "pieces": 1}"#);
        thread::sleep(Duration::from_secs(5));
        request(&port, "DELETE", "/stock/lamp", "");
    });
}

/// Sends a request, and waits for the shop to open first.
fn request(port: &str, method: &str, path: &str, body: &str) {
    let mut stream = loop {
        match TcpStream::connect(format!("127.0.0.1:{port}")) {
            Ok(stream) => break stream,
            Err(_) => thread::sleep(Duration::from_millis(100)),
        }
    };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n"
    );
    let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    let mut answer = String::new();
    let sent = stream.write_all(request.as_bytes()).and_then(|()| stream.read_to_string(&mut answer));
    let status = answer.lines().next().unwrap_or_default();
    match sent {
        Ok(_) => tracing::info!(method, path, status, "demo"),
        Err(error) => tracing::error!(method, path, %error, "demo"),
    }
}
