//! Runs the pipeline for one function, and turns the faults that the spec found into errors at their spans.

use proc_macro2::{Span, TokenStream, TokenTree};
use tusk_fn_spec::attribute::{self, Location};
use tusk_fn_spec::fault::{Fault, FaultKind};

use crate::attr::{Attribute, parse_attribute};
use crate::expand::expand_checked;
use crate::explain::explain;
use crate::fallback::{error_at, expand_fallback};
use crate::signature::{Function, check_signature, is_refused_by_rustc};

/// Expands `#[tusk_fn(arguments)] item`.
pub(crate) fn expand_function(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let (attribute, mut errors) = parse_attribute(arguments);
    let function = match parse_function(&item) {
        Ok(function) => function,
        Err(error) => {
            errors.push(error);
            return expand_fallback(item, errors);
        }
    };
    let unreadable = !errors.is_empty();
    // Where a pair could not be read, its key would be reported as missing too: the rest is judged when all can be read.
    let checked = if unreadable {
        None
    } else {
        match attribute::check(&attribute.raw, &function.raw()) {
            Ok(checked) => Some(checked),
            Err(faults) => {
                errors.extend(faults.iter().map(|fault| error_of(fault, &attribute, &function)));
                None
            }
        }
    };
    errors.extend(check_signature(&function));
    let sound = errors.is_empty() && !is_refused_by_rustc(&function.signature);
    match checked {
        Some(checked) if sound => {
            explain(&function, &checked.record);
            expand_checked(&function, &attribute, &checked)
        }
        _ => expand_fallback(function.item(), errors),
    }
}

/// Reads the item as a function, or says what stands there instead.
pub(crate) fn parse_function(item: &TokenStream) -> syn::Result<Function> {
    syn::parse2::<Function>(item.clone()).map_err(|error| match other_item(item) {
        Some((span, found)) => error_at(span, FaultKind::NotAFunction { found }),
        None => error,
    })
}

/// What the item is, if it is another item than a function.
fn other_item(item: &TokenStream) -> Option<(Span, &'static str)> {
    let words = item.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(ident) => Some((ident.span(), ident.to_string())),
        _ => None,
    });
    for (span, word) in words {
        let found = match word.as_str() {
            "fn" => return None,
            "struct" => "a struct",
            "enum" => "an enum",
            "impl" => "an impl block",
            "mod" => "a module",
            "trait" => "a trait",
            "const" => "a constant",
            "static" => "a static",
            "type" => "a type alias",
            "union" => "a union",
            "use" => "an import",
            "macro_rules" => "a macro",
            _ => continue,
        };
        return Some((span, found));
    }
    None
}

fn error_of(fault: &Fault, attribute: &Attribute, function: &Function) -> syn::Error {
    let pair = |index: usize| attribute.spans.get(index);
    let span = match fault.at {
        Location::Key(index) => pair(index).map(|pair| pair.key),
        Location::Value(index) => pair(index).map(|pair| pair.value),
        Location::Element { pair: index, element } => pair(index).and_then(|pair| pair.elements.get(element).copied()),
        Location::Argument(index) => Some(function.argument_span(index)),
        Location::OutputOf(index) => Some(function.output_span(index)),
        Location::Name => Some(function.signature.ident.span()),
        Location::Attribute | Location::ValueOf(_) | Location::Output => None,
    };
    syn::Error::new(span.unwrap_or_else(Span::call_site), fault.render())
}
