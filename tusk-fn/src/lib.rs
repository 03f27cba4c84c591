//! Serverless functions in Rust: annotate plain `async fn`s, and run the same program on AWS Lambda and on your own machine.
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

extern crate self as tusk_fn;

mod app;
mod context;
mod dispatch;
mod error;
mod extract;
mod invocation;
mod layers;
mod metrics;
mod provider;
mod registry;
mod router;
mod state;
mod suggest;
mod telemetry;
mod timer;

#[doc(hidden)]
pub mod __private;
use self::__private as private;

pub use axum_core::body::Body;
pub use axum_core::extract::{FromRequest, FromRequestParts, Request};
pub use axum_core::response::{IntoResponse, Response};
pub use bytes::Bytes;
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
pub use jiff;
pub use tusk_fn_spec::record::FunctionRecord;

pub use self::app::{Answer, App, Functions, InvokeError, Payload, RunError, StartError};
pub use self::context::Context;
pub use self::error::{BoxError, Failure, HttpError};
pub use self::extract::{Json, Query};
pub use self::layers::HttpService;
pub use self::metrics::{Bucket, FunctionMetrics, Histogram};
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

/// What most programs import: `use tusk_fn::prelude::*;`.
pub mod prelude {
    pub use crate::{
        Bytes, Context, HeaderMap, HttpError, IntoResponse, Json, Query, State, StatusCode, Timer, tusk_fn,
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
        }
    };
}
