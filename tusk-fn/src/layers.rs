//! The layers around all HTTP functions.

use std::any::Any;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};

use axum_core::body::Body;
use axum_core::extract::Request;
use axum_core::response::Response;
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::StatusCode;
use tower::{Service, ServiceExt as _};

use crate::dispatch::{Program, Responding, panicked};
use crate::error::{BoxError, chain, problem};

/// All HTTP functions of a program as one tower service: what layers surround. Cheap to clone, and always ready.
#[derive(Clone, Default)]
pub struct HttpService {
    /// None for the functions themselves.
    layered: Option<Arc<dyn Layered>>,
}

impl fmt::Debug for HttpService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpService").field("layered", &self.layered.is_some()).finish()
    }
}

impl HttpService {
    /// What a layer made of a service.
    pub(crate) fn layered<S, B>(service: S) -> Self
    where
        S: Service<Request, Response = http::Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self { layered: Some(Arc::new(Surrounding(service))) }
    }

    pub(crate) fn respond(&self, request: Request) -> Responding {
        match &self.layered {
            Some(layered) => layered.respond(request),
            None => Program::respond_inside(request),
        }
    }
}

impl Service<Request> for HttpService {
    type Response = Response;
    type Error = Infallible;
    type Future = Responding;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Responding {
        self.respond(request)
    }
}

/// A layer's service, whatever its type.
trait Layered: Send + Sync {
    fn respond(&self, request: Request) -> Responding;
}

struct Surrounding<S>(S);

impl<S, B> Layered for Surrounding<S>
where
    S: Service<Request, Response = http::Response<B>> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    fn respond(&self, request: Request) -> Responding {
        let called = catch_unwind(AssertUnwindSafe(|| {
            let mut service = self.0.clone();
            // Nearly every service is ready at once. One that is not is asked again, with a waker, by `oneshot`.
            match service.poll_ready(&mut TaskContext::from_waker(Waker::noop())) {
                Poll::Ready(Ok(())) => Responding::later(guarded(service.call(request))),
                Poll::Ready(Err(error)) => Responding::answered(failed(&chain(&*error.into()))),
                Poll::Pending => Responding::later(guarded(service.oneshot(request))),
            }
        }));
        called.unwrap_or_else(|payload| Responding::answered(failed(&panicked(&*payload))))
    }
}

/// The answer of a layer's service, or one that says that it has none.
fn guarded<F, B, E>(answer: F) -> impl Future<Output = Response>
where
    F: Future<Output = Result<http::Response<B>, E>>,
    E: Into<BoxError>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    AssertUnwindSafe(answer).catch_unwind().map(|answer: Result<_, Box<dyn Any + Send>>| match answer {
        Ok(Ok(response)) => response.map(Body::new),
        Ok(Err(error)) => failed(&chain(&*error.into())),
        Err(payload) => failed(&panicked(&*payload)),
    })
}

fn failed(fault: &dyn fmt::Display) -> Response {
    tracing::error!(target: "tusk_fn", error = %fault, "a layer failed");
    problem(StatusCode::INTERNAL_SERVER_ERROR, "")
}
