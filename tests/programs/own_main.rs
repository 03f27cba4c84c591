//! A program with a `main` of its own: arguments, subscriber, layers, a state and a hook.
#![expect(clippy::panic, reason = "a layer panics on purpose")]

use std::process::ExitCode;

use tower::ServiceExt as _;
use tower::util::MapResponseLayer;
use tusk_fn::prelude::*;
use tusk_fn::{App, BoxError, HeaderValue, HttpService, Request, Response};

tusk_fn::library!();

#[derive(Clone)]
struct Greeting(String);

/// Replaced by the state that `main` gives; it would keep the program from starting.
#[tusk_fn::init]
async fn greeting() -> Result<Greeting, std::fmt::Error> {
    Err(std::fmt::Error)
}

#[tusk_fn(trigger = "http", route = "greeting")]
async fn greet(State(greeting): State<Greeting>) -> String {
    tracing::info!("greeting somebody");
    greeting.0
}

#[tusk_fn(trigger = "http", route = "small", methods = ["POST"], body_limit = "1KB")]
async fn small(body: Bytes) -> String {
    body.len().to_string()
}

#[tusk_fn(trigger = "http", route = "large", methods = ["POST"], body_limit = "4MB")]
async fn large(body: Bytes) -> String {
    body.len().to_string()
}

/// Does what the header `x-layer` says.
async fn misbehave(inner: HttpService, mut request: Request) -> Result<Response, BoxError> {
    match request.headers().get("x-layer").and_then(|value| value.to_str().ok()) {
        Some("fails") => Err("secret-layer".into()),
        Some("panics") => panic!("secret-layer"),
        Some("forgets") => {
            request.extensions_mut().clear();
            Ok(inner.oneshot(request).await?)
        }
        _ => Ok(inner.oneshot(request).await?),
    }
}

fn mark(mut response: Response) -> Response {
    response.headers_mut().insert("x-seen-by", HeaderValue::from_static("the outer layer"));
    response
}

fn main() -> ExitCode {
    let Some(word) = std::env::args().nth(1) else {
        eprintln!("usage: own_main WORD");
        return ExitCode::from(2);
    };
    tracing_subscriber::fmt().without_time().with_level(false).with_ansi(false).event_format(Marked).init();
    let inner = tower::layer::layer_fn(|inner: HttpService| {
        tower::service_fn(move |request| misbehave(inner.clone(), request))
    });
    App::new()
        .state(Greeting(word))
        .layer(inner)
        .layer(MapResponseLayer::new(mark))
        .on_shutdown(|| async { println!("the hook ran") })
        .main()
}

/// Lines that only this subscriber writes.
struct Marked;

impl<S, N> tracing_subscriber::fmt::FormatEvent<S, N> for Marked
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
    N: for<'a> tracing_subscriber::fmt::FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &tracing_subscriber::fmt::FmtContext<'_, S, N>,
        mut writer: tracing_subscriber::fmt::format::Writer<'_>,
        event: &tracing::Event<'_>,
    ) -> std::fmt::Result {
        write!(writer, "OWN ")?;
        context.field_format().format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}
