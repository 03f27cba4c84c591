//! Runs a hook before the platform ends the process.
//!
//! Lambda sends SIGTERM only to an environment that has an extension. So the process registers itself as an internal one
//! that wants no events ("Lambda Extensions API" in AWS's documentation). `lambda_runtime` can do the same, by way of a crate
//! that brings all of the telemetry API into the binary.

use std::future::Future;

use lambda_runtime_api_client::body::Body;
use lambda_runtime_api_client::{PooledClient, build_request};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::BoxError;

/// Names an extension; unique within a function.
const NAME: &str = "tusk-fn-shutdown";
const REGISTER: &str = "/2020-01-01/extension/register";
const NEXT: &str = "/2020-01-01/extension/event/next";
const IDENTIFIER: &str = "lambda-extension-identifier";

/// Registers the extension, and waits for the signal in the background. Must end before the first event is asked for.
pub(super) async fn register<F>(hook: impl FnOnce() -> F + Send + 'static) -> Result<(), BoxError>
where
    F: Future<Output = ()> + Send + 'static,
{
    let terminate = signal(SignalKind::terminate())?;
    let interrupt = signal(SignalKind::interrupt())?;
    let client = PooledClient::builder().build();
    let request = build_request()
        .method("POST")
        .uri(REGISTER)
        .header("lambda-extension-name", NAME)
        .header("content-type", "application/json")
        .body(Body::from("{\"events\":[]}"))?;
    let answer = client.call(request).await?;
    let Some(identifier) = answer.headers().get(IDENTIFIER).cloned() else {
        return Err(format!("the platform refused the extension {NAME}: {}", answer.status()).into());
    };
    let next = build_request().method("GET").uri(NEXT).header(IDENTIFIER, identifier).body(Body::empty())?;
    tokio::spawn(async move {
        // Asking for the next event ends the extension's own init; none ever comes.
        tokio::spawn(client.call(next));
        first(terminate, interrupt).await;
        hook().await;
        std::process::exit(0);
    });
    Ok(())
}

async fn first(mut terminate: Signal, mut interrupt: Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
