//! Routes and what is read out of a path.

use tusk_fn::prelude::*;
use tusk_fn::{Method, Uri};

#[tusk_fn(trigger = "http", route = "text/<text>")]
async fn text(text: String) -> String {
    text
}

#[tusk_fn(trigger = "http", route = "number/<number>")]
async fn number(number: u8) -> String {
    number.to_string()
}

#[tusk_fn(trigger = "http", route = "optional/<number?>")]
async fn optional(number: Option<u8>) -> String {
    number.map_or_else(|| "none".to_owned(), |number| number.to_string())
}

#[tusk_fn(trigger = "http", route = "rest/<path..>")]
async fn rest(path: String) -> String {
    path
}

#[tusk_fn(trigger = "http", route = "pair/<a>/<b>")]
async fn pair(b: String, a: String) -> String {
    format!("a={a} b={b}")
}

#[derive(serde::Deserialize)]
struct Page {
    number: u32,
}

#[tusk_fn(trigger = "http", route = "query")]
async fn query(Query(page): Query<Page>) -> String {
    page.number.to_string()
}

#[tusk_fn(trigger = "http", route = "any", methods = "any")]
async fn any(method: Method, uri: Uri) -> String {
    format!("{method} {}", uri.path())
}

#[tusk_fn(trigger = "http", route = "any", methods = ["PUT"])]
async fn exact() -> &'static str {
    "exact"
}
