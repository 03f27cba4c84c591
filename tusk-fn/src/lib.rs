//! Serverless functions in Rust: annotate plain `async fn`s, and run the same program on any provider and on your own machine.
//!
//! ```
//! use tusk_fn::prelude::*;
//!
//! /// Looks up one user, or lists them all.
//! #[tusk_fn(trigger = "http", route = "users/<id?>")]
//! async fn users(id: Option<u64>) -> String {
//!     match id {
//!         Some(id) => format!("user {id}"),
//!         None => "all users".to_owned(),
//!     }
//! }
//!
//! #[tusk_fn(trigger = "timer", schedule = "0 */5 * * * *")]
//! async fn sweep(timer: Timer) {
//!     println!("due at {}", timer.scheduled_at);
//! }
//!
//! // At the root of `main.rs`: tusk_fn::main!();
//! # tusk_fn::library!();
//! # fn main() {}
//! ```
//!
//! `cargo run` serves them on `http://127.0.0.1:8080`; `cargo tusk build --provider aws` makes what is deployed.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `local` | yes | the server for the programmer's own machine |
//! | `aws` | yes | AWS Lambda |
//! | `azure` | yes | Azure Functions |
//! | `google` | yes | Google Cloud Run functions |
//! | `knative` | yes | Knative Serving and Eventing |
//! | `clients` | no | what functions send to, store in and read; needed to deploy functions with outputs |
//! | `aws-clients`, `azure-clients`, `google-clients`, `knative-clients` | no | of `clients` only what is for one provider |
//! | `blob-store` | no | `Bucket`, and the content of a `Blob`, through `object_store` |
//! | `aws-events` | no | the events of the crate `aws_lambda_events`, for functions that take them as they are |

extern crate self as tusk_fn;

mod app;
mod context;
mod delivery;
mod dispatch;
mod error;
mod event;
mod extract;
mod functions;
mod idempotency;
mod invocation;
mod layers;
mod metrics;
mod output;
mod provider;
mod registry;
mod router;
#[cfg(http_server)]
mod server;
mod state;
mod suggest;
mod telemetry;
pub mod testing;
mod timer;

#[doc(hidden)]
pub mod __private;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
use self::__private as private;

#[cfg(feature = "aws-events")]
pub use aws_lambda_events;
pub use axum_core::body::Body;
pub use axum_core::extract::{FromRequest, FromRequestParts, Request};
pub use axum_core::response::{IntoResponse, Response};
pub use bytes::Bytes;
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
pub use jiff;
pub use tusk_fn_spec::record::FunctionRecord;

pub use self::app::{App, RunError, StartError};
pub use self::context::Context;
pub use self::error::{BoxError, Failure, HttpError, Reject};
pub use self::event::{Batch, Blob, BlobEvent, Change, ChangeKey, CloudEvent, Decode, Message, Raw, Record, Report};
pub use self::extract::{Json, Query};
pub use self::functions::{Answer, Functions, InvokeError, Payload};
pub use self::idempotency::{Begun, Claim, IdempotencyStore, MemoryStore, StoreReply};
pub use self::layers::HttpService;
pub use self::metrics::{FunctionMetrics, Histogram, HistogramBucket};
#[cfg(feature = "blob-store")]
pub use self::output::Bucket;
pub use self::output::{
    Encode, FromSecret, Outgoing, OutputError, OutputErrorKind, Secret, SendAllError, Sender, Stored, Table,
};
#[cfg(provider_azure)]
pub use self::provider::azure::{AzureError, Unservable};
#[cfg(any(provider_google, provider_knative))]
pub use self::provider::container::{ContainerError, DoorError};
#[cfg(provider_google)]
pub use self::provider::google::SignatureError;
#[cfg(provider_local)]
pub use self::provider::local::ServeError;
pub use self::provider::{DetectError, Provider};
pub use self::registry::RegistryError;
pub use self::state::{InitFailed, State, StateError};
pub use self::timer::Timer;

#[doc = include_str!("docs/tusk_fn.md")]
pub use tusk_fn_macros::tusk_fn;

#[doc = include_str!("docs/init.md")]
pub use tusk_fn_macros::init;

#[cfg(doc)]
#[doc = include_str!("docs/errors.md")]
pub mod errors {}

#[cfg(feature = "blob-store")]
pub use object_store;

/// What most programs import: `use tusk_fn::prelude::*;`.
pub mod prelude {
    #[cfg(feature = "blob-store")]
    pub use crate::Bucket;
    pub use crate::{
        Batch, Blob, Bytes, Change, CloudEvent, Context, HeaderMap, HttpError, IntoResponse, Json, Message, Outgoing,
        OutputError, Query, Raw, Record, Reject, Report, Secret, Sender, State, StatusCode, Table, Timer, tusk_fn,
    };
}

/// Writes the `main` of a program whose functions carry `#[tusk_fn]`. It stands once, at the root of the crate.
///
/// The program finds out where it runs, and serves there. An application that wants its own `main` writes
/// [`library!`] instead, and calls [`App::main`] or [`App::run`] itself.
///
/// ```
/// use tusk_fn::prelude::*;
///
/// #[tusk_fn(trigger = "http", route = "hello")]
/// async fn hello() -> &'static str {
///     "hello"
/// }
///
/// // At the root of `main.rs`: tusk_fn::main!();
/// # tusk_fn::library!();
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! main {
    () => {
        $crate::library!();

        fn main() -> $crate::__private::ExitCode {
            $crate::App::new().main()
        }
    };
}

/// Stands once at the root of a crate that has functions but no `main!`: a library, an integration test, or a program with
/// a `main` of its own.
///
/// In an example of a documentation comment write `library!()` and a `# fn main() {}` below it: rustdoc would wrap the
/// example into a function otherwise, which is no root of a crate.
#[macro_export]
macro_rules! library {
    () => {
        #[doc(hidden)]
        mod call_to_tusk_fn_main_or_library {
            pub(crate) struct Guard;
            pub(crate) use $crate::__private::{emit, emit_init};
            // The attributes read it too, but only what is read like this makes cargo compile the crate again.
            const _: ::core::option::Option<&str> = ::core::option_env!("TUSK_FN_EXPLAIN");
        }
    };
}
