//! Reads the attribute's arguments: `key = value`, each with its span. No key is interpreted here.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::spanned::Spanned as _;
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Token};
use tusk_fn_spec::attribute::{RawAttribute, RawPair, RawValue};
use tusk_fn_spec::fault::FaultKind;

use crate::fallback::error_at;

/// The attribute's arguments and where each stands.
pub(crate) struct Attribute {
    pub(crate) raw: RawAttribute,
    pub(crate) spans: Vec<PairSpans>,
}

/// Where a pair stands.
pub(crate) struct PairSpans {
    pub(crate) key: Span,
    pub(crate) value: Span,
    /// Of each element, if the value is a list.
    pub(crate) elements: Vec<Span>,
}

/// Reads `key = value, …`. A pair that cannot be read is left out, and an error given; reading goes on after the next comma.
pub(crate) fn parse_attribute(arguments: TokenStream) -> (Attribute, Vec<syn::Error>) {
    let mut attribute = Attribute { raw: RawAttribute::default(), spans: Vec::new() };
    let mut errors = Vec::new();
    let (pairs, lone_commas) = split_at_commas(arguments);
    errors.extend(lone_commas.into_iter().map(|span| error_at(span, FaultKind::NoKey)));
    for pair in pairs {
        match parse_pair.parse2(pair) {
            Ok((raw, spans)) => {
                attribute.raw.pairs.push(raw);
                attribute.spans.push(spans);
            }
            Err(error) => errors.push(error),
        }
    }
    (attribute, errors)
}

/// Splits at the commas outside brackets, so that one faulty pair does not hide the others; and the commas that nothing
/// stands before.
fn split_at_commas(arguments: TokenStream) -> (Vec<TokenStream>, Vec<Span>) {
    let mut pairs = Vec::new();
    let mut lone = Vec::new();
    let mut pair = TokenStream::new();
    for token in arguments {
        match token {
            TokenTree::Punct(comma) if comma.as_char() == ',' => {
                if pair.is_empty() {
                    lone.push(comma.span());
                } else {
                    pairs.push(std::mem::take(&mut pair));
                }
            }
            token => pair.extend([token]),
        }
    }
    if !pair.is_empty() {
        pairs.push(pair);
    }
    (pairs, lone)
}

fn parse_pair(input: ParseStream<'_>) -> syn::Result<(RawPair, PairSpans)> {
    let key = parse_key(input)?;
    parse_equals(input, &key)?;
    let name = key.unraw().to_string();
    let value: Expr = input.parse().map_err(|error| {
        error_at(error.span(), FaultKind::UnreadableValue { key: name.clone(), reason: error.to_string() })
    })?;
    if !input.is_empty() {
        return Err(error_at(input.span(), FaultKind::MissingComma));
    }
    let elements = match &value {
        Expr::Array(array) => array.elems.iter().map(syn::spanned::Spanned::span).collect(),
        _ => Vec::new(),
    };
    let spans = PairSpans { key: key.span(), value: value.span(), elements };
    Ok((RawPair { key: name, value: raw_value(&value) }, spans))
}

fn parse_key(input: ParseStream<'_>) -> syn::Result<Ident> {
    if input.peek(LitStr) {
        let text: LitStr = input.parse()?;
        return Err(error_at(text.span(), FaultKind::ValueWithoutKey { value: text.value() }));
    }
    // Keywords too: `type` may be a key.
    Ident::parse_any(input).map_err(|error| error_at(error.span(), FaultKind::NoKey))
}

/// Reads the `=` after a key. What other attributes have there is named as a slip, with the value that it would give.
fn parse_equals(input: ParseStream<'_>, key: &Ident) -> syn::Result<()> {
    let name = key.unraw().to_string();
    if !input.peek(Token![=]) || input.peek(Token![==]) || input.peek(Token![=>]) {
        let rest: TokenStream = input.parse()?;
        let fault = if rest.is_empty() {
            FaultKind::KeyWithoutValue { key: name }
        } else {
            FaultKind::KeyWithoutEquals { key: name, value: literal_in(rest) }
        };
        return Err(error_at(key.span(), fault));
    }
    input.parse::<Token![=]>()?;
    if input.is_empty() { Err(error_at(key.span(), FaultKind::KeyWithoutValue { key: name })) } else { Ok(()) }
}

/// The first literal, as it is written, also within brackets.
fn literal_in(tokens: TokenStream) -> Option<String> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Literal(literal) => Some(literal.to_string()),
        TokenTree::Group(group) => literal_in(group.stream()),
        TokenTree::Ident(_) | TokenTree::Punct(_) => None,
    })
}

/// A value without its span.
pub(crate) fn raw_value(value: &Expr) -> RawValue {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => RawValue::Text(text.value()),
        Expr::Lit(ExprLit { lit: Lit::Bool(value), .. }) => RawValue::Bool(value.value()),
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => RawValue::Integer(number.to_string()),
        Expr::Array(array) => RawValue::List(array.elems.iter().map(raw_value).collect()),
        // Expressions that a macro substituted for `$value:literal` stand in an invisible group.
        Expr::Group(group) => raw_value(&group.expr),
        other => RawValue::Other(other.to_token_stream().to_string()),
    }
}
