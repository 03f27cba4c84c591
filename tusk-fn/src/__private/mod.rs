//! What the macros' expansions name. Not part of the public interface: it changes without notice.
//!
//! - [`argument`]: which types a handler may take, and how they are taken out of an invocation
//! - [`output`]: which types a handler may return, and what becomes of them
//! - [`init`]: the same for inits
//! - this module: records, registrations, and the macros that put them into the user's crate

pub mod argument;
pub mod init;
pub mod output;

use std::future::Future;
use std::pin::Pin;

pub use self::argument::{
    Deployable, Intake, Requirement, Requirements, idempotent, kind, optional_parameter, output_kind, parameter,
    requirements, rest_parameter, target,
};
pub use self::init::{PickState, init_argument};
pub use self::output::{Outcome, Pick, PickAnswer, PickFallible, PickPlain, PickResponse, Rejection, handled};
pub use crate::event::{
    BlobItem, ChangeItem, ChangeKind, EventItem, FromItem, Image, Item, MessageItem, Origin, RecordItem,
};
pub use crate::invocation::Invocation;
pub use crate::output::Link;
pub use crate::provider::{EventSupport, OutputSupport};
pub use crate::state::{InitFuture, InitRegistration, MadeState, StateKey, States};
pub use crate::{__tusk_fn_emit as emit, __tusk_fn_emit_init as emit_init};
pub use inventory;

/// What a handler's code returns.
pub type HandlerFuture = Pin<Box<dyn Future<Output = Result<Outcome, Rejection>> + Send>>;
/// A handler, as the macro wrote it.
pub type HandlerFn = fn(Invocation) -> HandlerFuture;

/// Boxes a handler's future. The bound is here so that a future that cannot cross threads is one error, at its function.
pub fn boxed<F>(future: F) -> HandlerFuture
where
    F: Future<Output = Result<Outcome, Rejection>> + Send + 'static,
{
    Box::pin(future)
}

/// A function as its attribute registers it.
pub struct Registration {
    pub(crate) record: &'static [u8],
    pub(crate) handler: HandlerFn,
    pub(crate) requirements: fn() -> Requirements,
}

impl Registration {
    /// Called by the expansion of `#[tusk_fn]` only.
    pub const fn new(record: &'static [u8], handler: HandlerFn, requirements: fn() -> Requirements) -> Self {
        Self { record, handler, requirements }
    }
}

inventory::collect!(Registration);

/// The bytes of a text as an array, so that they can be a static of a section.
pub const fn bytes<const N: usize>(text: &str) -> [u8; N] {
    match text.as_bytes().first_chunk::<N>() {
        Some(bytes) => *bytes,
        // Not reached: N is the text's length.
        None => [0; N],
    }
}

/// What `#[tusk_fn]` expands to beside the function. It is a `macro_rules!` of this crate so that `#[unsafe(link_section)]`
/// and `#[unsafe(export_name)]` are foreign code in a crate that forbids unsafe code. They are sound: the section holds
/// bytes that only `cargo tusk` reads, and the exported names have blanks, so that no other symbol has them.
#[doc(hidden)]
#[expect(
    clippy::crate_in_macro_def,
    reason = "the module that `main!` or `library!` puts at the root of the user's crate"
)]
#[macro_export]
macro_rules! __tusk_fn_emit {
    (
        record = ($before:literal, $after:literal);
        open = { $($open:tt)* }
        close = { $($close:tt)* }
        guards = { $($guards:tt)* }
        exports = { $($label:literal)* }
        handler = { $($handler:tt)* }
    ) => {
        // All of it is one `impl`, so that an attribute within an `impl` block is one error: an `impl` cannot stand there.
        #[allow(non_local_definitions)]
        impl crate::call_to_tusk_fn_main_or_library::Guard {
            $($guards)*
            $($open)* {
                use $crate::__private as __tusk_fn_rt;

            $(const _: () = {
                #[used]
                #[unsafe(export_name = $label)]
                static __TUSK_FN_DECLARED: [$crate::__private::Byte; 1] = [0];
            };)*

            const __TUSK_FN_TEXT: &$crate::__private::Text =
                ::core::concat!($before, ::core::module_path!(), $after);
            #[used]
            #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__tusk_fn"))]
            #[cfg_attr(windows, unsafe(link_section = ".tuskfn"))]
            #[cfg_attr(not(any(target_vendor = "apple", windows)), unsafe(link_section = "tusk_fn"))]
            static __TUSK_FN_RECORD: [$crate::__private::Byte; __TUSK_FN_TEXT.len()] =
                $crate::__private::bytes(__TUSK_FN_TEXT);

            $($handler)*

            $crate::__private::inventory::submit! {
                $crate::__private::Registration::new(
                    &__TUSK_FN_RECORD, __tusk_fn_handler, __tusk_fn_requirements,
                )
            }
            } $($close)*
        }
    };
}

/// What `#[init]` expands to beside the function.
#[doc(hidden)]
#[macro_export]
macro_rules! __tusk_fn_emit_init {
    (
        name = ($name:literal, $file:literal, $line:literal);
        provides = { $provides:expr }
        needs = { $needs:expr }
        run = ($states:ident) { $($run:tt)* }
    ) => {
        const _: () = {
            use $crate::__private as __tusk_fn_rt;
            use $crate::__private::init::{PickFallibleState as _, PickPlainState as _};
            fn __tusk_fn_provides() -> $crate::__private::StateKey {
                $provides
            }
            fn __tusk_fn_needs() -> $crate::__private::StateKeys {
                $crate::__private::Into::into($needs)
            }
            fn __tusk_fn_run<'states>(
                $states: &'states $crate::__private::States,
            ) -> $crate::__private::InitFuture<'states> {
                $($run)*
            }
            $crate::__private::inventory::submit! {
                $crate::__private::InitRegistration::new(
                    ($name, $file, $line), __tusk_fn_provides, __tusk_fn_needs, __tusk_fn_run,
                )
            }
        };
    };
}

// The user's own types may be called `str`, `Vec` or `Into`: expansions name these.
pub use std::convert::Into;
/// `str`.
pub type Text = str;
/// `u8`.
pub type Byte = u8;
pub use std::process::ExitCode;
/// The states that an init needs.
pub type StateKeys = Vec<StateKey>;
