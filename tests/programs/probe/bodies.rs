//! Bodies that come in and go out.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use http_body::Frame;
use tusk_fn::prelude::*;
use tusk_fn::{Body, BoxError};

#[derive(serde::Deserialize, serde::Serialize)]
struct Order {
    item: String,
    count: u32,
}

#[tusk_fn(trigger = "http", route = "orders", methods = ["POST"])]
async fn order(Json(order): Json<Order>) -> Json<Order> {
    Json(order)
}

// One for each way to read a body, with the smallest limit; and one with more than axum's own limit of 2 MiB.

#[tusk_fn(trigger = "http", route = "small/bytes", methods = ["POST"], body_limit = "1KB")]
async fn small_bytes(body: Bytes) -> String {
    body.len().to_string()
}

#[tusk_fn(trigger = "http", route = "small/text", methods = ["POST"], body_limit = "1KB")]
async fn small_text(body: String) -> String {
    body.len().to_string()
}

#[tusk_fn(trigger = "http", route = "small/json", methods = ["POST"], body_limit = "1KB")]
async fn small_json(Json(text): Json<String>) -> String {
    text.len().to_string()
}

/// Reads the body itself; what it could not read is an error in its hands.
#[tusk_fn(trigger = "http", route = "small/raw", methods = ["POST"], body_limit = "1KB")]
async fn small_raw(body: Body) -> (StatusCode, String) {
    match read(body).await {
        Ok(length) => (StatusCode::OK, length.to_string()),
        Err(error) => (StatusCode::IM_A_TEAPOT, error.to_string()),
    }
}

async fn read(mut body: Body) -> Result<usize, BoxError> {
    let mut length = 0;
    while let Some(frame) = std::future::poll_fn(|task| http_body::Body::poll_frame(Pin::new(&mut body), task)).await {
        length += frame?.data_ref().map_or(0, Bytes::len);
    }
    Ok(length)
}

#[tusk_fn(trigger = "http", route = "default", methods = ["POST"])]
async fn default_limit(body: Bytes) -> String {
    body.len().to_string()
}

#[tusk_fn(trigger = "http", route = "large", methods = ["POST"], body_limit = "8MB")]
async fn large(body: Bytes) -> Bytes {
    body
}

/// Never reads the body.
#[tusk_fn(trigger = "http", route = "unread", methods = ["POST"])]
async fn unread() -> &'static str {
    "not read"
}

/// A body that says `begun`, and then does what its path says.
#[tusk_fn(trigger = "http", route = "body/<then>")]
async fn body(then: String) -> Body {
    Body::new(Misbehaving { then, begun: false, pause: None })
}

struct Misbehaving {
    then: String,
    begun: bool,
    pause: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl http_body::Body for Misbehaving {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if !self.begun {
            self.begun = true;
            // So that the first frame goes out before the rest is asked for.
            self.pause = Some(Box::pin(tokio::time::sleep(Duration::from_millis(50))));
            return Poll::Ready(Some(Ok(Frame::data("begun".into()))));
        }
        if let Some(pause) = &mut self.pause {
            std::task::ready!(pause.as_mut().poll(task));
        }
        match &*self.then {
            "panics" => panic!("the body panics on purpose"),
            "fails" => Poll::Ready(Some(Err("the body fails on purpose".into()))),
            "hangs" => Poll::Pending,
            _ => Poll::Ready(None),
        }
    }
}
