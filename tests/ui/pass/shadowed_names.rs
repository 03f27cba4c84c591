//! The user's own items have the names that an expansion could mean.

#![allow(dead_code, unused_macros, non_upper_case_globals, non_camel_case_types)]

mod core {}
mod std {}
mod alloc {}
mod tusk_fn {}
mod inventory {}
mod rt {}
mod kind {}

struct Result;
struct Option;
struct String;
struct Vec;
struct Box;
struct Some;
struct None;
struct Ok;
struct Err;
struct str;
struct u8;
struct u64;
struct usize;
struct bool;
struct Future;
struct Pin;
struct Guard;
struct Invocation;
struct ExitCode;
trait Into {}
trait From {}
trait Send {}
trait Sync {}
trait Clone {}
trait Copy {}
trait Sized {}
trait Fn {}
trait Default {}
trait Drop {}

const invocation: char = 'i';
const value: char = 'v';
const states: char = 's';
const argument_0: char = '0';
static argument_1: char = '1';
struct argument_2;

macro_rules! concat {
    () => {};
}
macro_rules! module_path {
    () => {};
}
macro_rules! emit {
    () => {};
}

use ::tusk_fn::{Context, State as Shared, tusk_fn as function};

type Text = ::std::string::String;

/// Takes three, so that the expansion has three values to name.
#[function(trigger = "http", route = "users/<id>/<page?>")]
async fn users(id: Text, page: ::std::option::Option<::std::primitive::u64>, context: Context) -> Text {
    ::std::format!("{id} {page:?} {}", context.attempt())
}

#[function(trigger = "http", route = "failing")]
async fn failing(text: Shared<Text>) -> ::std::result::Result<Text, ::std::io::Error> {
    ::std::result::Result::Ok(text.0)
}

#[function(trigger = "timer", schedule = "@daily")]
async fn sweep(_: ::tusk_fn::Timer) -> ::std::result::Result<(), ::anyhow::Error> {
    ::std::result::Result::Ok(())
}

#[::tusk_fn::init]
async fn text(number: Shared<Number>) -> ::std::result::Result<Text, ::std::io::Error> {
    ::std::result::Result::Ok(::std::format!("{}", number.0.0))
}

#[derive(::std::clone::Clone)]
struct Number(::std::primitive::u64);

#[::tusk_fn::init]
async fn number() -> Number {
    Number(7)
}

::tusk_fn::library!();

fn main() {
    let runtime = ::tokio::runtime::Runtime::new().unwrap();
    let functions = runtime.block_on(::tusk_fn::App::new().start()).unwrap();
    ::std::assert_eq!(functions.list().count(), 3);
}
