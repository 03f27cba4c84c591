//! The language of `#[tusk_fn]`, in one place.
//!
//! The macro checks with this crate, the runtime parses with it, the manifests are rendered from it. No grammar of a route,
//! a schedule, a size or a name exists anywhere else, so the three cannot disagree.
//!
//! - [`attribute`]: an attribute and a signature as the macro read them, and their check into a [`record::FunctionRecord`]
//! - [`trigger`]: one module for each kind of trigger, with its keys
//! - [`route`], [`schedule`], [`units`], [`name`]: the small grammars inside values
//! - [`fault`]: every message, in one voice
//! - [`project`]: the checks that need all functions of a program; [`azure`]: those of one platform
//! - [`section`]: how records stand in an object file

pub mod attribute;
pub mod azure;
pub mod fault;
pub mod filter;
pub mod limits;
pub mod name;
pub mod output;
pub mod pattern;
pub mod portability;
pub mod project;
pub mod provider;
mod reader;
pub mod record;
pub mod route;
pub mod schedule;
pub mod section;
pub mod suggest;
pub mod trigger;
pub mod units;
