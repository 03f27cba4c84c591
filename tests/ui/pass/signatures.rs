//! Every form that a function may have, each invoked.

#![deny(warnings)]

use std::fmt::Display;

use axum::http::Request;
use serde::{Deserialize, Serialize};
use tusk_fn::prelude::*;
use tusk_fn::{Answer, App, Functions, Json as Body, Method, Payload, Uri};

type Shared = State<String>;
type Orders = Json<Vec<Order>>;
type Answered<T> = Result<T, HttpError>;
type MaybeNumber = Option<u64>;

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Order {
    item: String,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    number: u32,
}

#[tusk_fn::init]
async fn greeting() -> Result<String, std::io::Error> {
    Ok("hello".to_owned())
}

#[tusk_fn(trigger = "http", route = "raw/<type>/<match?>")]
async fn r#fn(r#type: String, r#match: Option<u64>) -> String {
    format!("{} {:?}", r#type, r#match)
}

#[tusk_fn(trigger = "http", route = "pattern", methods = ["POST"])]
async fn pattern(Json(mut orders): Orders) -> Body<Vec<Order>> {
    orders.reverse();
    Json(orders)
}

#[tusk_fn(trigger = "http", route = "mutable/<id>")]
async fn mutable(mut id: u64, _: Context, _context: Context) -> String {
    id += 1;
    id.to_string()
}

#[tusk_fn(trigger = "http", route = "alias/<id?>")]
async fn alias(id: MaybeNumber, State(text): Shared, shared: Shared) -> Answered<String> {
    Ok(format!("{id:?} {text} {}", shared.0))
}

#[tusk_fn(trigger = "http", route = "attributes/<id>")]
async fn attributes(#[allow(unused_variables)] id: u64) -> &'static str {
    "attributes"
}

#[tusk_fn(trigger = "http", route = "opaque")]
async fn opaque() -> impl IntoResponse {
    (StatusCode::CREATED, "opaque")
}

#[tusk_fn(trigger = "http", route = "opaque-result")]
async fn opaque_result() -> Result<impl IntoResponse, HttpError> {
    Ok((StatusCode::ACCEPTED, "opaque"))
}

#[tusk_fn(trigger = "timer", schedule = "@daily")]
async fn opaque_timer() -> impl Serialize + Send {
    vec![1, 2]
}

#[tusk_fn(trigger = "http", route = "anyhow")]
async fn anyhow_error() -> anyhow::Result<Json<Order>> {
    anyhow::bail!("a secret")
}

#[tusk_fn(trigger = "http", route = "boxed")]
async fn boxed_error() -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    Ok("boxed".to_owned())
}

#[tusk_fn(trigger = "http", route = "nothing")]
async fn nothing() {}

#[tusk_fn(trigger = "http", route = "unit")]
async fn unit() -> () {}

#[tusk_fn(trigger = "http", route = "many/<a>/<b>/<c>/<d>/<e>/<f..>")]
async fn many(
    a: u8,
    b: i64,
    c: bool,
    d: char,
    e: std::net::IpAddr,
    f: String,
    context: Context,
    text: Shared,
    headers: HeaderMap,
    method: Method,
    uri: Uri,
    Query(page): Query<Page>,
    maybe: Option<axum::Json<Order>>,
) -> String {
    let page = page.number;
    let parts: [&dyn Display; 11] = [&a, &b, &c, &d, &e, &f, &text.0, &headers.len(), &method, &uri.path(), &page];
    let mut parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
    parts.push(maybe.is_some().to_string());
    parts.push((context.attempt() > 100).to_string());
    parts.join(" ")
}

#[tusk_fn(trigger = "http", route = "result", methods = ["POST"])]
async fn result(order: Result<Json<Order>, tusk_fn::Response>) -> String {
    order.map_or_else(|response| response.status().to_string(), |Json(order)| order.item)
}

#[tusk_fn(trigger = "http", route = "axum", methods = ["POST"])]
async fn of_axum(
    axum::extract::Query(page): axum::extract::Query<Page>,
    axum::extract::OriginalUri(_): axum::extract::OriginalUri,
    axum::Json(order): axum::Json<Order>,
) -> axum::response::Html<String> {
    axum::response::Html(format!("{} {}", page.number, order.item))
}

#[tusk_fn(trigger = "http", route = "form", methods = ["POST"])]
async fn form(axum::Form(order): axum::Form<Order>) -> String {
    order.item
}

#[tusk_fn(trigger = "http", route = "forever")]
async fn locals(text: Shared) -> String {
    let invocation = text.0;
    let value = invocation.clone();
    let argument_0 = value.len();
    format!("{invocation}{value}{argument_0}")
}

mod nested {
    pub(crate) mod deeper {
        use tusk_fn::tusk_fn;

        #[tusk_fn(trigger = "http", route = "deeper")]
        pub(crate) async fn deeper() -> &'static str {
            "deeper"
        }

        #[tusk_fn(trigger = "http", route = "restricted")]
        pub(super) async fn restricted() -> &'static str {
            "restricted"
        }
    }

    pub(crate) async fn call() -> &'static str {
        deeper::restricted().await
    }
}

fn in_a_body() {
    #[tusk_fn(trigger = "http", route = "body")]
    async fn body() -> &'static str {
        "body"
    }

    #[tusk_fn(trigger = "timer", schedule = "@daily")]
    async fn timer_in_a_body() {}
}

macro_rules! hello {
    ($name:ident, $route:literal, $answer:expr, $out:ty, [$($method:literal),*]) => {
        #[tusk_fn(trigger = "http", route = $route, methods = [$($method),*])]
        async fn $name() -> $out {
            $answer
        }
    };
}
hello!(made_one, "made/one", "one", &'static str, ["GET"]);
hello!(made_two, "made/two", "two".to_owned(), String, ["GET", "POST"]);

macro_rules! typed {
    ($name:ident, $argument:ident: $ty:ty, $route:literal) => {
        #[tusk_fn(trigger = "http", route = $route)]
        async fn $name($argument: $ty) -> String {
            $argument.to_string()
        }
    };
}
typed!(typed_number, id: u64, "typed/<id>");

#[allow(clippy::unused_async)]
#[tusk_fn(trigger = "http", route = "instrumented/below")]
#[tracing::instrument]
async fn instrumented_below() -> &'static str {
    "below"
}

#[tracing::instrument(skip_all)]
#[tusk_fn(trigger = "http", route = "instrumented/above/<id>")]
async fn instrumented_above(id: u64, _context: Context) -> String {
    id.to_string()
}

type Reply = CloudEvent<u32>;

#[tusk_fn(trigger = "event", type = "replies", targets = ["knative"])]
async fn replies(event: CloudEvent<u32>) -> Reply {
    event
}

#[tusk_fn(trigger = "event", type = "replies.maybe", targets = ["knative"])]
async fn replies_maybe() -> Option<CloudEvent<tusk_fn::Raw>> {
    None
}

#[tusk_fn(trigger = "event", type = "replies.or-fails", targets = ["knative"])]
async fn replies_or_fails() -> Result<Option<Reply>, std::io::Error> {
    Ok(None)
}

#[tusk_fn(trigger = "http", route = "conditional")]
#[cfg(all())]
async fn conditional() -> &'static str {
    "there"
}

#[tusk_fn(trigger = "http", route = "conditional")]
#[cfg(any())]
async fn conditional() -> &'static str {
    "not there"
}

#[cfg(any())]
#[tusk_fn(trigger = "http", route = "conditional")]
async fn conditional() -> &'static str {
    "not there"
}

#[tusk_fn(trigger = "http", route = "conditional")]
#[cfg_attr(all(), cfg(any()), inline)]
async fn conditional() -> &'static str {
    "not there"
}

#[must_use]
#[tusk_fn(trigger = "http", route = r#"keys/<id>"#, methods = "any", timeout = "2s", memory = "256MB", body_limit = "1KB",)]
async fn keys(id: u64) -> String {
    id.to_string()
}

tusk_fn::library!();

async fn ask(functions: &Functions, name: &str, request: Request<Bytes>) -> (u16, String) {
    match functions.invoke(name, Payload::Request(request)).await.unwrap() {
        Answer::Response(response) => {
            (response.status().as_u16(), String::from_utf8(response.into_body().to_vec()).unwrap())
        }
        other => panic!("{other:?}"),
    }
}

async fn get(functions: &Functions, name: &str, path: &str) -> (u16, String) {
    ask(functions, name, Request::get(path).body(Bytes::new()).unwrap()).await
}

async fn post(functions: &Functions, name: &str, path: &str, kind: &str, body: &'static str) -> (u16, String) {
    let request = Request::post(path).header("content-type", kind).body(Bytes::from_static(body.as_bytes())).unwrap();
    ask(functions, name, request).await
}

async fn check() {
    let functions = App::new().start().await.unwrap();
    let ok = |text: &str| (200, text.to_owned());
    let json = "application/json";
    assert_eq!(get(&functions, "fn", "/raw/a").await, ok("a None"));
    assert_eq!(get(&functions, "fn", "/raw/a/7").await, ok("a Some(7)"));
    assert_eq!(
        post(&functions, "pattern", "/pattern", json, r#"[{"item":"a"},{"item":"b"}]"#).await,
        ok(r#"[{"item":"b"},{"item":"a"}]"#)
    );
    assert_eq!(get(&functions, "mutable", "/mutable/7").await, ok("8"));
    assert_eq!(get(&functions, "alias", "/alias").await, ok("None hello hello"));
    assert_eq!(get(&functions, "attributes", "/attributes/7").await, ok("attributes"));
    assert_eq!(get(&functions, "opaque", "/opaque").await, (201, "opaque".to_owned()));
    assert_eq!(get(&functions, "opaque-result", "/opaque-result").await, (202, "opaque".to_owned()));
    let (status, body) = get(&functions, "anyhow-error", "/anyhow").await;
    assert!(status == 500 && !body.contains("secret"), "{status} {body}");
    assert_eq!(get(&functions, "boxed-error", "/boxed").await, ok("boxed"));
    assert_eq!(get(&functions, "nothing", "/nothing").await, ok(""));
    assert_eq!(get(&functions, "unit", "/unit").await, ok(""));
    assert_eq!(
        get(&functions, "many", "/many/1/-2/true/x/::1/rest/of/it?number=3").await,
        ok("1 -2 true x ::1 rest/of/it hello 0 GET /many/1/-2/true/x/::1/rest/of/it 3 false false")
    );
    assert_eq!(post(&functions, "result", "/result", json, r#"{"item":"a"}"#).await, ok("a"));
    assert_eq!(post(&functions, "result", "/result", json, "{").await, ok("400 Bad Request"));
    assert_eq!(post(&functions, "of-axum", "/axum?number=4", json, r#"{"item":"a"}"#).await, ok("4 a"));
    let form = "application/x-www-form-urlencoded";
    assert_eq!(post(&functions, "form", "/form", form, "item=a").await, ok("a"));
    assert_eq!(get(&functions, "locals", "/forever").await, ok("hellohello5"));
    assert_eq!(get(&functions, "deeper", "/deeper").await, ok("deeper"));
    assert_eq!(get(&functions, "restricted", "/restricted").await, ok("restricted"));
    assert_eq!(get(&functions, "body", "/body").await, ok("body"));
    assert_eq!(get(&functions, "made-one", "/made/one").await, ok("one"));
    assert_eq!(post(&functions, "made-two", "/made/two", json, "").await, ok("two"));
    assert_eq!(get(&functions, "typed-number", "/typed/7").await, ok("7"));
    assert_eq!(get(&functions, "instrumented-below", "/instrumented/below").await, ok("below"));
    assert_eq!(get(&functions, "instrumented-above", "/instrumented/above/7").await, ok("7"));
    assert_eq!(get(&functions, "conditional", "/conditional").await, ok("there"));
    assert_eq!(get(&functions, "keys", "/keys/7").await, ok("7"));
    let timer = functions.invoke("opaque-timer", Payload::Empty).await.unwrap();
    assert!(matches!(&timer, Answer::Value(value) if value.to_string() == "[1,2]"), "{timer:?}");
}

fn main() {
    // Functions stay functions: code calls them as ever.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        in_a_body();
        assert_eq!(nested::call().await, "restricted");
        assert_eq!(nested::deeper::deeper().await, "deeper");
        assert_eq!(mutable(1, context().await, context().await).await, "2");
        check().await;
    });
}

#[tusk_fn(trigger = "timer", schedule = "@hourly")]
async fn hand_over(context: Context) {
    CONTEXT.set(context).unwrap();
}

static CONTEXT: std::sync::OnceLock<Context> = std::sync::OnceLock::new();

async fn context() -> Context {
    if CONTEXT.get().is_none() {
        App::new().start().await.unwrap().invoke("hand-over", Payload::Empty).await.unwrap();
    }
    CONTEXT.get().unwrap().clone()
}
