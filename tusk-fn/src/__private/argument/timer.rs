//! What a timer may take.

use super::{Own, Proof, via};
use crate::invocation::{Input, Invocation};
use crate::private::kind;
use crate::private::output::Rejection;
use crate::timer::Timer;

/// Types that a timer may take.
#[diagnostic::on_unimplemented(
    message = "a timer cannot take `{Self}`",
    label = "cannot be taken from a timer",
    note = "it takes `Timer`, `Context`, and `State<T>` (where `T: Clone + Send + Sync`): there is no request to take more from"
)]
pub trait TimerArgument<M> {}

#[diagnostic::do_not_recommend]
impl TimerArgument<via::Own> for Timer {}

impl kind::Timer {
    /// Of an argument that others follow.
    pub fn argument<T: TimerArgument<M>, M, On>() -> Proof<Self, T, M> {
        Proof::new()
    }

    /// Of the last argument.
    pub fn last_argument<T: TimerArgument<M>, M, On>() -> Proof<Self, T, M> {
        Proof::new()
    }
}

impl Own<kind::Timer> for Timer {
    fn take_own(invocation: &mut Invocation) -> Result<Self, Rejection> {
        match &invocation.delivered.input {
            Input::Timer(timer) => Ok(timer.clone()),
            other => Err(other.mistaken_for("a timer")),
        }
    }
}
