//! Which types an init may take and return.

use std::future::Future;
use std::marker::PhantomData;

use super::output::AnyResult;
use crate::error::Failure;
use crate::state::{InitFault, InitFuture, MadeState, State, StateKey, States};

/// Boxes an init's future.
pub fn boxed<'a>(future: impl Future<Output = MadeState> + Send + 'a) -> InitFuture<'a> {
    Box::pin(future)
}

/// Types that an init may take.
#[diagnostic::on_unimplemented(
    message = "an init cannot take `{Self}`",
    label = "is no state",
    note = "it takes the states of other inits, as `State<T>` (where `T: Clone + Send + Sync`)"
)]
pub trait InitArgument: Sized {
    /// The state that it is of.
    fn key() -> StateKey;
    /// Takes it.
    fn take(states: &States) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> InitArgument for State<T> {
    fn key() -> StateKey {
        StateKey::of::<T>()
    }

    fn take(states: &States) -> Option<Self> {
        states.get().map(State)
    }
}

/// That an init can take a `T`. It holds what it proved, so that its methods need no bound, whose failure would be a second
/// error.
#[derive(Debug)]
pub struct InitProof<T> {
    key: fn() -> StateKey,
    take: fn(&States) -> Option<T>,
}

/// Of an argument.
pub fn init_argument<T: InitArgument>() -> InitProof<T> {
    InitProof { key: T::key, take: T::take }
}

impl<T> InitProof<T> {
    /// The state that it is of.
    pub fn requirement(self) -> StateKey {
        (self.key)()
    }

    /// Takes it.
    ///
    /// # Errors
    /// It is not there; the order of the inits makes sure that it is.
    pub fn take(self, states: &States) -> Result<T, Failure> {
        (self.take)(states).ok_or_else(|| Failure::new("StateMissing", std::any::type_name::<T>()))
    }
}

/// Picks the way from an init's `R` to a state.
#[derive(Debug)]
pub struct PickState<R>(PhantomData<fn() -> R>);

impl<R> PickState<R> {
    /// For that type.
    #[expect(clippy::new_without_default, reason = "written by a macro")]
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

/// The way that was picked.
#[derive(Debug)]
pub struct StateWay<W>(PhantomData<fn() -> W>);

/// The value is a result.
#[derive(Debug)]
pub struct FallibleState;
/// The value is the state.
#[derive(Debug)]
pub struct PlainState;

/// First.
pub trait PickFallibleState {
    /// Picks.
    fn pick(&self) -> StateWay<FallibleState>;
}
impl<T, E> PickFallibleState for &PickState<Result<T, E>> {
    fn pick(&self) -> StateWay<FallibleState> {
        StateWay(PhantomData)
    }
}

/// Last.
pub trait PickPlainState {
    /// Picks.
    fn pick(&self) -> StateWay<PlainState>;
}
impl<R> PickPlainState for PickState<R> {
    fn pick(&self) -> StateWay<PlainState> {
        StateWay(PhantomData)
    }
}

impl StateWay<PlainState> {
    /// Proves that an init may return an `R`.
    pub fn prove<R: Shared>(self) -> MadeProof<R> {
        MadeProof { key: StateKey::of::<R>, state: |value| Ok(keep(value)) }
    }
}

impl StateWay<FallibleState> {
    /// Proves that an init may return an `R`.
    pub fn prove<R: AnyResult>(self) -> MadeProof<R>
    where
        R::Value: Shared,
        R::Error: InitFault,
    {
        MadeProof {
            key: StateKey::of::<R::Value>,
            state: |value| value.result().map(keep).map_err(InitFault::into_failure),
        }
    }
}

/// What puts a state where functions find it.
fn keep<T: Shared>(value: T) -> Box<dyn FnOnce(&mut States) + Send> {
    Box::new(|states| states.insert(value))
}

/// That an init may return an `R`. As [`InitProof`], it holds what it proved.
#[derive(Debug)]
pub struct MadeProof<R> {
    key: fn() -> StateKey,
    state: fn(R) -> MadeState,
}

impl<R> MadeProof<R> {
    /// The key of the state.
    pub fn key(self) -> StateKey {
        (self.key)()
    }

    /// The state, ready to be kept.
    ///
    /// # Errors
    /// The init's own error.
    pub fn state(self, value: R) -> MadeState {
        (self.state)(value)
    }
}

/// Types of state.
#[diagnostic::on_unimplemented(
    message = "an init cannot return `{Self}`",
    label = "cannot be shared between invocations",
    note = "a state must be `Clone + Send + Sync + 'static`; put what cannot be cloned into an `Arc`"
)]
pub trait Shared: Clone + Send + Sync + 'static {}
#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> Shared for T {}
