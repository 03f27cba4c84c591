//! What a faulty attribute expands to: the programmer's item as it was, and the errors.
//!
//! The item stays, so that calls of it still resolve and an editor still completes in it. Nothing is registered, so that one
//! fault is not followed by errors that only follow from it.

use proc_macro2::TokenStream;

/// The item and the errors.
pub(crate) fn expand_fallback(item: TokenStream, errors: impl IntoIterator<Item = syn::Error>) -> TokenStream {
    let mut tokens = item;
    for error in errors {
        tokens.extend(error.into_compile_error());
    }
    tokens
}
