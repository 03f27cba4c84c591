//! No prelude of the language, and lints that a careful user denies.

#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(missing_docs, unused, unreachable_pub, rust_2018_idioms, warnings)]
#![deny(unused_qualifications, single_use_lifetimes, elided_lifetimes_in_paths, trivial_casts, unused_results)]
#![deny(missing_debug_implementations, missing_copy_implementations, let_underscore_drop, unsafe_op_in_unsafe_fn)]
#![deny(non_ascii_idents, unused_crate_dependencies, variant_size_differences, macro_use_extern_crate)]
#![allow(unused_crate_dependencies, reason = "the package has many")]

/// Looks up a user.
#[::tusk_fn::tusk_fn(trigger = "http", route = "users/<id?>")]
pub async fn users(id: ::std::option::Option<::std::primitive::u64>) -> &'static ::std::primitive::str {
    match id {
        ::std::option::Option::Some(_) => "one",
        ::std::option::Option::None => "all",
    }
}

/// A state.
#[derive(::std::clone::Clone, ::std::marker::Copy, ::std::fmt::Debug)]
pub struct State;

/// Makes it.
#[::tusk_fn::init]
pub async fn state() -> ::std::result::Result<State, ::std::io::Error> {
    ::std::result::Result::Ok(State)
}

/// Cleans up.
#[::tusk_fn::tusk_fn(trigger = "timer", schedule = "@daily")]
async fn sweep(state: ::tusk_fn::State<State>) -> ::std::result::Result<(), ::anyhow::Error> {
    let _: State = state.0;
    ::std::result::Result::Ok(())
}

::tusk_fn::library!();

fn main() {
    let runtime = ::tokio::runtime::Runtime::new().unwrap();
    let functions = runtime.block_on(::tusk_fn::App::new().start()).unwrap();
    ::std::assert_eq!(::std::iter::Iterator::count(functions.list()), 2);
}
