//! The attributes of `tusk-fn`. Use them through that crate, which documents them.
//!
//! An attribute is a pipeline: `attr` reads its arguments and `signature` the function below it, `check` has
//! `tusk-fn-spec` judge both, and `expand` writes the code of a function that passed. One that did not pass is given back
//! by `fallback` unchanged, with its errors beside it.

mod attr;
mod check;
mod expand;
mod explain;
mod fallback;
#[cfg(test)]
mod golden;
mod init;
mod signature;
#[cfg(test)]
mod soup;
#[cfg(test)]
mod words;

use proc_macro::TokenStream;

#[expect(missing_docs, reason = "documented where `tusk-fn` re-exports it")]
#[proc_macro_attribute]
pub fn tusk_fn(arguments: TokenStream, item: TokenStream) -> TokenStream {
    check::expand_function(arguments.into(), item.into()).into()
}

#[expect(missing_docs, reason = "documented where `tusk-fn` re-exports it")]
#[proc_macro_attribute]
pub fn init(arguments: TokenStream, item: TokenStream) -> TokenStream {
    init::expand_init(&arguments.into(), item.into()).into()
}
