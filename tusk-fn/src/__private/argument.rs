//! Which types a handler may take, and how they are taken out of an invocation.
//!
//! A bad argument is to be one error, at its type. So the bound (a trait for each kind, which only has the sentence for people) is
//! apart from the behaviour ([`Taker`], which sits on the marker that the compiler infers): where the bound fails, the
//! marker stays unknown, and the compiler says nothing about the rest.

use std::borrow::Cow;
use std::future::{Future, Ready, ready};
use std::marker::PhantomData;
use std::str::FromStr;

use axum_core::extract::{DefaultBodyLimit, FromRequest, FromRequestParts};
use http::StatusCode;

use super::output::Rejection;
use crate::context::Context;
use crate::error::problem;
use crate::extract::AXUM_BODY_LIMIT;
use crate::invocation::{HttpInput, Input, Invocation};
use crate::state::{State, StateKey};
use crate::timer::Timer;

/// The kinds of trigger, as types.
pub mod kind {
    /// `trigger = "http"`.
    #[derive(Debug)]
    pub struct Http;
    /// `trigger = "timer"`.
    #[derive(Debug)]
    pub struct Timer;

    /// Any of them.
    pub trait Kind: 'static {}
    impl Kind for Http {}
    impl Kind for Timer {}
}
use kind::Kind;

/// How an argument comes by its value: markers that the compiler infers.
pub mod via {
    /// A type of this crate.
    #[derive(Debug)]
    pub struct Own;
    /// axum's `FromRequestParts`.
    #[derive(Debug)]
    pub struct Parts;
    /// axum's `FromRequest`.
    #[derive(Debug)]
    pub struct Whole;
}

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

/// Types that a timer may take.
#[diagnostic::on_unimplemented(
    message = "a timer cannot take `{Self}`",
    label = "cannot be taken from a timer",
    note = "it takes `Timer`, `Context`, and `State<T>` (where `T: Clone + Send + Sync`): there is no request to take more from"
)]
pub trait TimerArgument<M> {}

/// Types that leave the body to another argument.
#[diagnostic::on_unimplemented(
    message = "`{Self}` consumes the body, so it must be the last argument, and the only one that does",
    label = "consumes the body, and another argument follows"
)]
pub trait LeavesBody<M> {}
#[diagnostic::do_not_recommend]
impl<T> LeavesBody<via::Own> for T {}
#[diagnostic::do_not_recommend]
impl<T> LeavesBody<via::Parts> for T {}

// `do_not_recommend` keeps the implementations, which say nothing to a user, out of the compiler's messages.
macro_rules! every_kind_takes_context_and_state {
    ($($kind:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl $kind<via::Own> for Context {}
        #[diagnostic::do_not_recommend]
        impl<T: Clone + Send + Sync + 'static> $kind<via::Own> for State<T> {}
    )*};
}
every_kind_takes_context_and_state! { HttpArgument TimerArgument }

#[diagnostic::do_not_recommend]
impl TimerArgument<via::Own> for Timer {}
#[diagnostic::do_not_recommend]
impl<T: FromRequestParts<()>> HttpArgument<via::Parts> for T {}
#[diagnostic::do_not_recommend]
impl<T: FromRequest<()>> HttpArgument<via::Whole> for T {}

/// Takes a `T` out of an invocation of kind `K`.
pub trait Taker<K, T> {
    /// Takes it.
    fn take(invocation: &mut Invocation) -> impl Future<Output = Result<T, Rejection>> + Send;

    /// The state that must be there for it.
    fn requirement() -> Option<StateKey> {
        None
    }
}

/// That a `T` can be taken out of an invocation of kind `K`.
#[derive(Debug)]
pub struct Proof<K, T, M>(PhantomData<fn(K, T, M)>);

// Each kind has these two, each with the bound that says in that kind's words what is wrong.
impl kind::Http {
    /// Of an argument that others follow.
    pub fn argument<T: HttpArgument<M> + LeavesBody<M>, M>() -> Proof<Self, T, M> {
        Proof(PhantomData)
    }

    /// Of the last argument.
    pub fn last_argument<T: HttpArgument<M>, M>() -> Proof<Self, T, M> {
        Proof(PhantomData)
    }
}

impl kind::Timer {
    /// Of an argument that others follow.
    pub fn argument<T: TimerArgument<M>, M>() -> Proof<Self, T, M> {
        Proof(PhantomData)
    }

    /// Of the last argument.
    pub fn last_argument<T: TimerArgument<M>, M>() -> Proof<Self, T, M> {
        Proof(PhantomData)
    }
}

impl<K, T, M: Taker<K, T>> Proof<K, T, M> {
    /// Takes it.
    pub fn take(self, invocation: &mut Invocation) -> impl Future<Output = Result<T, Rejection>> + Send {
        M::take(invocation)
    }

    /// The state that must be there for it.
    pub fn requirement(self) -> Option<StateKey> {
        M::requirement()
    }
}

/// The states that a function takes.
pub type Requirements = Vec<StateKey>;

/// Gathers them.
pub fn requirements<const N: usize>(requirements: [Option<StateKey>; N]) -> Requirements {
    requirements.into_iter().flatten().collect()
}

/// A type of this crate and how it is taken, whatever the kind of trigger.
trait Own<K>: Sized {
    fn take_own(invocation: &mut Invocation) -> Result<Self, Rejection>;
    fn state() -> Option<StateKey> {
        None
    }
}

impl<K: Kind, T: Own<K> + Send> Taker<K, T> for via::Own {
    async fn take(invocation: &mut Invocation) -> Result<T, Rejection> {
        T::take_own(invocation)
    }

    fn requirement() -> Option<StateKey> {
        T::state()
    }
}

impl<K: Kind> Own<K> for Context {
    fn take_own(invocation: &mut Invocation) -> Result<Self, Rejection> {
        Ok(invocation.context())
    }
}

impl<K: Kind, T: Clone + Send + Sync + 'static> Own<K> for State<T> {
    fn take_own(invocation: &mut Invocation) -> Result<Self, Rejection> {
        let missing = || Rejection::internal("StateMissing", std::any::type_name::<T>());
        invocation.program.states().get().map(State).ok_or_else(missing)
    }

    fn state() -> Option<StateKey> {
        Some(StateKey::of::<T>())
    }
}

impl Own<kind::Timer> for Timer {
    fn take_own(invocation: &mut Invocation) -> Result<Self, Rejection> {
        match &invocation.delivered.input {
            Input::Timer(timer) => Ok(timer.clone()),
            Input::Http(_) => Err(Rejection::internal("WrongTrigger", "a request invoked a timer")),
        }
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

fn http_input(invocation: &mut Invocation) -> Result<&mut HttpInput, Rejection> {
    match &mut invocation.delivered.input {
        Input::Http(http) => Ok(http),
        Input::Timer(_) => Err(Rejection::internal("WrongTrigger", "a timer invoked an HTTP function")),
    }
}

/// Types that a parameter can be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a parameter of the route",
    label = "does not implement `FromStr`",
    note = "take a `String`, a number, a `bool`, or a type of your own that implements `std::str::FromStr`",
    note = "`Option<T>` is for a parameter that may be left out: write it `<name?>` in the route"
)]
pub trait Parameter: Sized {
    /// Parses it.
    fn parse(text: &str) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: FromStr> Parameter for T {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// Types that the rest of a path can be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from the rest of a path",
    label = "does not implement `FromStr`",
    note = "the parameter `<name..>` is one text with its slashes, empty where nothing remains: take a `String`"
)]
pub trait RestParameter: Sized {
    /// Parses it.
    fn parse(text: &str) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: FromStr> RestParameter for T {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// Types that an optional parameter can be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from an optional parameter of the route",
    label = "must be an `Option<T>` whose `T` implements `FromStr`",
    note = "a request may leave out the parameter `<name?>`; write `<name>` in the route if it must be there"
)]
pub trait OptionalParameter: Sized {
    /// Parses it.
    fn parse(text: Option<&str>) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: FromStr> OptionalParameter for Option<T> {
    fn parse(text: Option<&str>) -> Option<Self> {
        text.map_or(Some(None), |text| text.parse().ok().map(Some))
    }
}

/// That a `T` can be read from the parameter of that index and name.
#[derive(Debug)]
pub struct ParameterProof<K, T> {
    index: usize,
    name: &'static str,
    parse: fn(Option<&str>) -> Option<T>,
    kind: PhantomData<fn() -> K>,
}

/// Of a parameter that is always there.
pub fn parameter<K, T: Parameter>(index: usize, name: &'static str) -> ParameterProof<K, T> {
    ParameterProof { index, name, parse: |text| text.and_then(T::parse), kind: PhantomData }
}

/// Of one that may be left out.
pub fn optional_parameter<K, T: OptionalParameter>(index: usize, name: &'static str) -> ParameterProof<K, T> {
    ParameterProof { index, name, parse: T::parse, kind: PhantomData }
}

/// Of the rest of a path.
pub fn rest_parameter<K, T: RestParameter>(index: usize, name: &'static str) -> ParameterProof<K, T> {
    ParameterProof { index, name, parse: |text| text.and_then(T::parse), kind: PhantomData }
}

impl<T> ParameterProof<kind::Http, T> {
    /// Takes it.
    pub fn take(self, invocation: &mut Invocation) -> Ready<Result<T, Rejection>> {
        ready(self.parse(invocation))
    }

    fn parse(&self, invocation: &mut Invocation) -> Result<T, Rejection> {
        let text = match http_input(invocation)?.capture(self.index) {
            Some(Ok(text)) => Some(text),
            Some(Err(_)) => return Err(self.refused("is not UTF-8")),
            None => None,
        };
        let parsed = (self.parse)(text.as_deref());
        parsed.ok_or_else(|| {
            let found = text.unwrap_or(Cow::Borrowed(""));
            self.refused(&format!("cannot be {:?}", shortened(&found)))
        })
    }

    fn refused(&self, why: &str) -> Rejection {
        Rejection::answer(problem(StatusCode::BAD_REQUEST, &format!("the path parameter `{}` {why}", self.name)))
    }
}

/// A caller's text for a message, at most 64 characters of it.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(64) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
