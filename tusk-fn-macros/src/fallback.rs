//! What a faulty attribute expands to: the programmer's item as it was, and the errors.
//!
//! The item stays, so that calls of it still resolve and an editor still completes in it. Nothing is registered, so that one
//! fault is not followed by errors that only follow from it.

use proc_macro2::{Span, TokenStream};
use tusk_fn_spec::fault::{Fault, FaultKind};

/// The item and the errors.
pub(crate) fn expand_fallback(item: TokenStream, errors: impl IntoIterator<Item = syn::Error>) -> TokenStream {
    let mut tokens = item;
    for error in errors {
        tokens.extend(error.into_compile_error());
    }
    tokens
}

/// The error of a fault that the macro found itself, and so knows the place of.
pub(crate) fn error_at(span: Span, kind: FaultKind) -> syn::Error {
    syn::Error::new(span, Fault::name(kind).render())
}
