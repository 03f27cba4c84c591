//! TuskLang (`.tsk`, `peanut.tsk`) for Rust, through serde.
//!
//! Reads the static subset of TuskLang; not affiliated with the crate `tusktsk`. Reading has no side effects: the
//! environment and other files are asked for through functions that the caller gives, and whatever would query, fetch or
//! run something is an error.
//!
//! ```
//! #[derive(serde::Deserialize)]
//! struct Config {
//!     serverless: Serverless,
//! }
//!
//! #[derive(serde::Deserialize)]
//! struct Serverless {
//!     region: String,
//!     memory_size: u32,
//!     environment_variables: std::collections::BTreeMap<String, String>,
//! }
//!
//! let text = r#"
//! $stage: @env("STAGE", "dev")
//!
//! [serverless]
//! region: "us-east-1"
//! memory_size: $stage == "production" ? 1024 : 512
//! environment_variables {
//!     RUST_LOG: "info"
//!     STAGE: $stage
//! }
//! "#;
//!
//! let config: Config = tusk_tsk::from_str(text)?;
//! assert_eq!(config.serverless.memory_size, 512);
//! assert_eq!(config.serverless.environment_variables["STAGE"], "dev");
//! # Ok::<(), tusk_tsk::Error>(())
//! ```
//!
//! - [`from_str`] and [`Reader`]: text into types, or into a [`Tree`] of values with their spans
//! - [`Reader::load`]: a project's `peanut.tsk`, from the package up to the workspace
//! - [`Spanned`], [`Secret`], [`Symbolic`]: fields that ask where a value stands, or what it refers to
//! - [`Document`]: a file with its comments, for tools
//! - [`to_string`]: types into text
//!
#![doc = include_str!("language.md")]

mod de;
mod error;
mod evaluate;
mod limits;
mod lookup;
mod reader;
mod ser;
mod source;
pub mod syntax;
pub mod value;

pub use de::{Deserializer, Secret, Spanned, Symbolic, SymbolicPiece};
pub use error::{Error, ErrorKind, Place};
pub use limits::Limits;
pub use lookup::CONFIG_VARIABLE;
pub use reader::{Mode, Reader, Tree};
pub use ser::{WriteError, to_string};
pub use source::{Source, Span};
pub use syntax::Document;

/// Reads a text into a type, with an environment in which nothing is set. [`Reader`] takes one.
///
/// # Errors
///
/// The first fault of the text, or what the type refuses.
///
/// ```
/// let ports: std::collections::BTreeMap<String, u16> = tusk_tsk::from_str("http: 80\nhttps = 443;")?;
/// assert_eq!(ports["https"], 443);
/// # Ok::<(), tusk_tsk::Error>(())
/// ```
pub fn from_str<'s, T: serde::Deserialize<'s>>(text: &'s str) -> Result<T, Error> {
    Reader::new().from_str(text)
}
