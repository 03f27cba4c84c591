//! Which types a handler may take, and how they are taken out of an invocation.
//!
//! A bad argument is to be one error, at its type. So the bound (a trait for each kind, which only has the sentence for people) is
//! apart from the behaviour ([`Taker`], which sits on the marker that the compiler infers): where the bound fails, the
//! marker stays unknown, and the compiler says nothing about the rest.

mod http;
mod item;
mod output;
mod parameter;
mod timer;

use std::future::Future;
use std::marker::PhantomData;

pub use self::http::HttpArgument;
pub use self::item::{
    AllowedOn, BlobArgument, DatabaseArgument, EventArgument, NativeEvent, QueueArgument, StreamArgument, TopicArgument,
};
pub use self::output::{BucketOutput, Deployable, OutputProof, SecretOutput, SendingOutput, TableOutput, output_kind};
pub use self::parameter::{optional_parameter, parameter, rest_parameter};
pub use self::timer::TimerArgument;
use super::output::Rejection;
use crate::context::Context;
use crate::invocation::Invocation;
use crate::provider::{EventSupport, OutputSupport};
use crate::state::{State, StateKey};

/// The kinds of trigger, as types.
pub mod kind {
    use crate::provider::{EVENTS, EventSupport, TIMERS};

    /// `trigger = "http"`.
    #[derive(Debug)]
    pub struct Http;
    /// `trigger = "timer"`.
    #[derive(Debug)]
    pub struct Timer;

    /// `trigger = "blob"`.
    #[derive(Debug)]
    pub struct Blob;
    /// `trigger = "queue"`.
    #[derive(Debug)]
    pub struct Queue;
    /// `trigger = "topic"`.
    #[derive(Debug)]
    pub struct Topic;
    /// `trigger = "database"`.
    #[derive(Debug)]
    pub struct Database;
    /// `trigger = "stream"`.
    #[derive(Debug)]
    pub struct Stream;
    /// `trigger = "event"`.
    #[derive(Debug)]
    pub struct Event;

    /// Any of them.
    pub trait Kind: 'static {
        /// What providers need for it. What no function needs is not linked.
        const EVENTS: Option<&'static EventSupport> = Some(&EVENTS);
    }
    impl Kind for Http {
        const EVENTS: Option<&'static EventSupport> = None;
    }
    impl Kind for Timer {
        const EVENTS: Option<&'static EventSupport> = Some(&TIMERS);
    }
    impl Kind for Blob {}
    impl Kind for Queue {}
    impl Kind for Topic {}
    impl Kind for Database {}
    impl Kind for Stream {}
    impl Kind for Event {}
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
    /// Out of one item.
    #[derive(Debug)]
    pub struct Item;
    /// Out of several items.
    #[derive(Debug)]
    pub struct Batch;
    /// The provider's own event.
    #[derive(Debug)]
    pub struct Native;
}

/// Where a function may be deployed, as far as its types depend on it.
pub mod target {
    /// To more than one provider.
    #[derive(Debug)]
    pub struct Several;
    /// To AWS only.
    #[derive(Debug)]
    pub struct Aws;
    /// To Azure only.
    #[derive(Debug)]
    pub struct Azure;
    /// To Google only.
    #[derive(Debug)]
    pub struct Google;
    /// To Knative only.
    #[derive(Debug)]
    pub struct Knative;
}

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
every_kind_takes_context_and_state! {
    HttpArgument TimerArgument BlobArgument QueueArgument TopicArgument DatabaseArgument StreamArgument EventArgument
}

/// Takes a `T` out of an invocation of kind `K`.
pub trait Taker<K, T> {
    /// Takes it.
    fn take(invocation: &mut Invocation) -> impl Future<Output = Result<T, Rejection>> + Send;

    /// What must be there for it.
    fn requirement() -> Requirement {
        Requirement::None
    }
}

/// That a `T` can be taken out of an invocation of kind `K`.
#[derive(Debug)]
pub struct Proof<K, T, M>(PhantomData<fn(K, T, M)>);

impl<K, T, M> Proof<K, T, M> {
    const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<K, T, M: Taker<K, T>> Proof<K, T, M> {
    /// Takes it.
    pub fn take(self, invocation: &mut Invocation) -> impl Future<Output = Result<T, Rejection>> + Send {
        M::take(invocation)
    }

    /// What must be there for it.
    pub fn requirement(self) -> Requirement {
        M::requirement()
    }
}

/// What an argument asks for.
#[derive(Clone, Copy, Debug)]
pub enum Requirement {
    /// Nothing.
    None,
    /// A state.
    State(StateKey),
    /// All items that came together.
    Batch,
    /// The provider's own event.
    Native,
    /// A resource of the platform.
    Output(&'static OutputSupport),
    /// The contents of what is delivered, which are read only if the function asks for them.
    Contents(&'static OutputSupport),
}

/// How a function is given what was delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Intake {
    /// One item a call.
    #[default]
    Single,
    /// All items at once.
    Batch,
    /// The provider's own event.
    Native,
}

/// What a function asks for.
#[derive(Clone, Debug, Default)]
pub struct Requirements {
    pub(crate) states: Vec<StateKey>,
    pub(crate) intake: Intake,
    pub(crate) events: Option<&'static EventSupport>,
    pub(crate) outputs: Option<&'static OutputSupport>,
    pub(crate) contents: Option<&'static OutputSupport>,
}

/// What an `idempotent` function asks for: a table.
pub const fn idempotent<K>() -> Requirement {
    Deployable::<K>::REMEMBERED
}

/// Gathers it, for a function of that kind.
pub fn requirements<K: Kind>(all: &[Requirement]) -> Requirements {
    let mut requirements = Requirements { events: K::EVENTS, ..Requirements::default() };
    for requirement in all {
        match requirement {
            Requirement::None => {}
            Requirement::Output(support) => requirements.outputs = Some(support),
            Requirement::Contents(support) => requirements.contents = Some(support),
            Requirement::State(key) => requirements.states.push(*key),
            Requirement::Batch => requirements.intake = Intake::Batch,
            Requirement::Native => requirements.intake = Intake::Native,
        }
    }
    requirements
}

/// A type of this crate and how it is taken, whatever the kind of trigger.
trait Own<K>: Sized {
    fn take_own(invocation: &mut Invocation) -> Result<Self, Rejection>;
    fn state() -> Requirement {
        Requirement::None
    }
}

impl<K: Kind, T: Own<K> + Send> Taker<K, T> for via::Own {
    async fn take(invocation: &mut Invocation) -> Result<T, Rejection> {
        T::take_own(invocation)
    }

    fn requirement() -> Requirement {
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

    fn state() -> Requirement {
        Requirement::State(StateKey::of::<T>())
    }
}
