//! State that functions share, and the inits that make it.
//!
//! Every `#[tusk_fn::init]` runs once per process, before the first event. An init may take the [`State`] of another, so
//! they run in the order of their needs. What is missing, made twice or needs itself is reported at start, all at once.

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;

use crate::error::{BoxError, Failure};

/// A clone of the state of that type: made by an init, or given by `App::state`.
///
/// State is cloned for each invocation that takes it, so put what is large behind an `Arc` (connection pools are already).
///
/// ```
/// use tusk_fn::prelude::*;
/// # tusk_fn::library!();
/// # fn main() {}
///
/// #[derive(Clone)]
/// struct Greeting(String);
///
/// #[tusk_fn::init]
/// async fn greeting() -> Greeting {
///     Greeting("hello".to_owned())
/// }
///
/// #[tusk_fn(trigger = "http", route = "hello")]
/// async fn hello(State(greeting): State<Greeting>) -> String {
///     greeting.0
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct State<T>(pub T);

impl<T> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// A type of state, for the checks at start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StateKey {
    id: TypeId,
    name: &'static str,
}

impl StateKey {
    pub(crate) fn of<T: 'static>() -> Self {
        Self { id: TypeId::of::<T>(), name: type_name::<T>() }
    }
}

/// The states of a running program.
#[derive(Default)]
pub struct States {
    values: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
}

impl States {
    pub(crate) fn insert<T: Send + Sync + 'static>(&mut self, value: T) {
        self.values.insert(TypeId::of::<T>(), Box::new(value));
    }

    pub(crate) fn get<T: Clone + 'static>(&self) -> Option<T> {
        self.values.get(&TypeId::of::<T>())?.downcast_ref().cloned()
    }

    pub(crate) fn contains(&self, key: StateKey) -> bool {
        self.values.contains_key(&key.id)
    }
}

impl std::fmt::Debug for States {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Types only: values may be secret.
        f.debug_struct("States").field("count", &self.values.len()).finish()
    }
}

/// The state that an init made, and the states that were there before.
pub type MadeState = Result<Box<dyn FnOnce(&mut States) + Send>, Failure>;
/// What an init returns when it is run.
pub type InitFuture<'a> = Pin<Box<dyn Future<Output = MadeState> + Send + 'a>>;

/// An init as its attribute registers it.
#[derive(Debug)]
pub struct InitRegistration {
    name: &'static str,
    file: &'static str,
    line: u32,
    provides: fn() -> StateKey,
    needs: fn() -> Vec<StateKey>,
    run: for<'a> fn(&'a States) -> InitFuture<'a>,
}

impl InitRegistration {
    /// Called by the expansion of `#[init]` only.
    pub const fn new(
        (name, file, line): (&'static str, &'static str, u32),
        provides: fn() -> StateKey,
        needs: fn() -> Vec<StateKey>,
        run: for<'a> fn(&'a States) -> InitFuture<'a>,
    ) -> Self {
        Self { name, file, line, provides, needs, run }
    }

    fn place(&self) -> String {
        format!("`{}` ({}:{})", self.name, self.file, self.line)
    }
}

inventory::collect!(InitRegistration);

/// Something that is wrong with the states of a program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// Nothing provides a state that something takes.
    #[error(
        "{wanted_by} takes `State<{ty}>`, and nothing provides it; \
         write `#[tusk_fn::init] async fn make() -> {ty} {{ … }}`, or give it with `App::state`"
    )]
    Missing {
        /// The type.
        ty: &'static str,
        /// The function or init that takes it.
        wanted_by: String,
    },
    /// Two inits make the same type.
    #[error("`{ty}` is provided twice: by {first} and by {second}; remove one, or wrap one in a type of its own")]
    Twice {
        /// The type.
        ty: &'static str,
        /// Where first.
        first: String,
        /// Where again.
        second: String,
    },
    /// Inits that need each other.
    #[error("{}", describe_cycle(inits))]
    Cycle {
        /// The inits, each of which needs the next one, and the last one the first.
        inits: Vec<String>,
    },
}

fn describe_cycle(inits: &[String]) -> String {
    match inits {
        [init] => format!("the init {init} takes the state that it makes itself"),
        inits => format!("these inits need each other, so that none of them can run first: {}", inits.join(", ")),
    }
}

/// The inits of a program in the order in which they run, or everything that is wrong with them.
///
/// `given` are the states that are there without an init, `wanted` those that functions take.
pub(crate) fn order_inits(
    given: &States,
    wanted: &[(String, StateKey)],
) -> Result<Vec<&'static InitRegistration>, Vec<StateError>> {
    let mut inits: Vec<&InitRegistration> = inventory::iter::<InitRegistration>.into_iter().collect();
    inits.sort_by_key(|init| (init.file, init.line, init.name));
    // A state that `App::state` gave stands in for the init of the same type: that is how a test replaces one.
    inits.retain(|init| !given.contains((init.provides)()));
    let mut errors = Vec::new();
    let mut providers: HashMap<StateKey, &InitRegistration> = HashMap::new();
    for init in &inits {
        let key = (init.provides)();
        match providers.get(&key) {
            Some(first) => {
                errors.push(StateError::Twice { ty: key.name, first: first.place(), second: init.place() });
            }
            None => {
                providers.insert(key, init);
            }
        }
    }
    let init_needs = inits.iter().flat_map(|init| (init.needs)().into_iter().map(|key| (init.place(), key)));
    for (wanted_by, key) in wanted.iter().cloned().chain(init_needs) {
        if !given.contains(key) && !providers.contains_key(&key) {
            errors.push(StateError::Missing { ty: key.name, wanted_by });
        }
    }
    let (ordered, cycles) = sort_by_needs(inits);
    errors.extend(cycles);
    if errors.is_empty() { Ok(ordered) } else { Err(errors) }
}

type Inits = Vec<&'static InitRegistration>;

/// The inits in the order of their needs, and those that need each other. What no init makes is taken for given.
fn sort_by_needs(mut waiting: Inits) -> (Inits, Vec<StateError>) {
    let mut ordered: Inits = Vec::new();
    let mut cycles = Vec::new();
    while !waiting.is_empty() {
        let awaited = |key: &StateKey| waiting.iter().any(|init| (init.provides)() == *key);
        let (ready, blocked): (Inits, Inits) = waiting.iter().partition(|init| !(init.needs)().iter().any(awaited));
        if ready.is_empty() {
            let cycle = find_cycle(&blocked);
            cycles.push(StateError::Cycle { inits: cycle.iter().map(|init| init.place()).collect() });
            waiting = blocked;
            waiting.retain(|init| !cycle.iter().any(|it| std::ptr::eq(*it, *init)));
        } else {
            ordered.extend(ready);
            waiting = blocked;
        }
    }
    (ordered, cycles)
}

/// Inits each of which needs the next one, and the last one the first. Every one of `blocked` needs another of them.
fn find_cycle(blocked: &[&'static InitRegistration]) -> Inits {
    let mut path: Inits = Vec::new();
    let mut next = blocked.first().copied();
    while let Some(init) = next {
        if let Some(start) = path.iter().position(|it| std::ptr::eq(*it, init)) {
            return path.split_off(start);
        }
        path.push(init);
        let needs = (init.needs)();
        next = blocked.iter().copied().find(|it| needs.contains(&(it.provides)()));
    }
    path
}

/// An init that failed when it ran.
#[derive(Debug, thiserror::Error)]
#[error("the init {init} failed: {failure}")]
pub struct InitFailed {
    init: String,
    /// Why.
    #[source]
    pub(crate) failure: Failure,
}

/// Runs inits one after another; each sees the states of those before.
pub(crate) async fn run_inits(inits: Vec<&'static InitRegistration>, mut states: States) -> Result<States, InitFailed> {
    for init in inits {
        let run = std::panic::AssertUnwindSafe((init.run)(&states));
        let made = futures_util::FutureExt::catch_unwind(run)
            .await
            .unwrap_or_else(|payload| Err(crate::dispatch::panicked(&*payload)));
        let insert = made.map_err(|failure| InitFailed { init: init.place(), failure })?;
        insert(&mut states);
    }
    Ok(states)
}

/// An init's error as a failure; the trait's name appears in the compiler's message.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an init cannot return `{Self}` as its error",
    label = "needs `std::error::Error + Send + Sync`, as a type of your own or as `anyhow::Error` has it"
)]
pub trait InitFault {
    fn into_failure(self) -> Failure;
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> InitFault for E {
    fn into_failure(self) -> Failure {
        Failure::of(self)
    }
}
