//! What an HTTP function may take: whatever axum's ecosystem takes out of a request.

use axum_core::extract::{DefaultBodyLimit, FromRequest, FromRequestParts};

use super::{LeavesBody, Proof, Taker, via};
use crate::extract::AXUM_BODY_LIMIT;
use crate::invocation::{HttpInput, Input, Invocation};
use crate::private::kind;
use crate::private::output::Rejection;

/// Types that an HTTP function may take.
#[diagnostic::on_unimplemented(
    message = "an HTTP function cannot take `{Self}`",
    label = "cannot be taken from a request",
    note = "it takes `Context`, `State<T>` (where `T: Clone + Send + Sync`), and by an argument of the same name a parameter \
            of its route",
    note = "it takes what implements axum's `FromRequestParts<()>` or `FromRequest<()>`: `Json<T>` and `Query<T>` (where \
            `T: Deserialize`), `HeaderMap`, `Method`, `Uri`, `Bytes`, `String` and others; not axum's `State`, but \
            `tusk_fn::State`"
)]
pub trait HttpArgument<M> {}

#[diagnostic::do_not_recommend]
impl<T: FromRequestParts<()>> HttpArgument<via::Parts> for T {}
#[diagnostic::do_not_recommend]
impl<T: FromRequest<()>> HttpArgument<via::Whole> for T {}

impl kind::Http {
    /// Of an argument that others follow.
    pub fn argument<T: HttpArgument<M> + LeavesBody<M>, M, On>() -> Proof<Self, T, M> {
        Proof::new()
    }

    /// Of the last argument.
    pub fn last_argument<T: HttpArgument<M>, M, On>() -> Proof<Self, T, M> {
        Proof::new()
    }
}

impl<T: FromRequestParts<()>> Taker<kind::Http, T> for via::Parts {
    async fn take(invocation: &mut Invocation) -> Result<T, Rejection> {
        let parts = http_input(invocation)?.parts()?;
        T::from_request_parts(parts, &()).await.map_err(Rejection::answer)
    }
}

impl<T: FromRequest<()>> Taker<kind::Http, T> for via::Whole {
    async fn take(invocation: &mut Invocation) -> Result<T, Rejection> {
        let limit = invocation.program.body_limit(invocation.function);
        let mut request = http_input(invocation)?.request()?;
        if limit > AXUM_BODY_LIMIT {
            DefaultBodyLimit::disable().apply(&mut request);
        }
        T::from_request(request, &()).await.map_err(Rejection::answer)
    }
}

pub(super) fn http_input(invocation: &mut Invocation) -> Result<&mut HttpInput, Rejection> {
    match &mut invocation.delivered.input {
        Input::Http(http) => Ok(http),
        other => Err(other.mistaken_for("an HTTP function")),
    }
}
