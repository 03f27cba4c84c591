//! Reads the function below the attribute. Its body stays tokens: it may be half typed.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{
    Attribute, Expr, ExprLit, FnArg, GenericParam, Ident, Lit, Meta, Pat, ReturnType, Signature, Token, Type,
    Visibility,
};
use tusk_fn_spec::attribute::{RawArgument, RawOutput, RawSignature, RawValue};
use tusk_fn_spec::fault::FaultKind;
use tusk_fn_spec::output::is_ours;

use crate::attr::raw_value;
use crate::fallback::error_at;

/// A function whose body was not read.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) signature: Signature,
    /// For each argument what marks it as an output; the signature no longer has it.
    outputs: Vec<Vec<Attribute>>,
    /// All of it, without the marks of outputs, which mean nothing to rustc.
    item: TokenStream,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let whole = input.fork();
        let attributes = Attribute::parse_outer(input)?;
        let visibility: Visibility = input.parse()?;
        let mut signature: Signature = input.parse()?;
        let body: TokenStream = input.parse()?;
        let outputs: Vec<Vec<Attribute>> = signature.inputs.iter_mut().filter_map(take_outputs).collect();
        let item = if outputs.iter().all(Vec::is_empty) {
            whole.parse()?
        } else {
            quote::quote!(#(#attributes)* #visibility #signature #body)
        };
        Ok(Self { attributes, signature, outputs, item })
    }
}

/// Takes an argument's attributes that are for us.
fn take_outputs(argument: &mut FnArg) -> Option<Vec<Attribute>> {
    let FnArg::Typed(typed) = argument else { return None };
    let ours = |attribute: &Attribute| {
        attribute.path().segments.first().is_some_and(|first| is_ours(&first.ident.unraw().to_string()))
    };
    let (outputs, others) = std::mem::take(&mut typed.attrs).into_iter().partition(ours);
    typed.attrs = others;
    Some(outputs)
}

impl Function {
    /// What the checks want to know.
    pub(crate) fn raw(&self) -> RawSignature {
        RawSignature {
            name: self.signature.ident.unraw().to_string(),
            doc: first_paragraph(&self.attributes),
            arguments: self
                .arguments()
                .zip(&self.outputs)
                .map(|((pattern, _), outputs)| RawArgument {
                    name: argument_name(pattern),
                    outputs: outputs.iter().map(raw_output).collect(),
                })
                .collect(),
        }
    }

    /// The programmer's function, as rustc is to see it.
    pub(crate) fn item(&self) -> TokenStream {
        self.item.clone()
    }

    /// The span of what marks the argument of that index as an output.
    pub(crate) fn output_span(&self, index: usize) -> Span {
        self.outputs.get(index).and_then(|outputs| outputs.last()).map_or_else(Span::call_site, |it| it.path().span())
    }

    /// The arguments' patterns and types; a receiver is none.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = (&Pat, &Type)> {
        self.signature.inputs.iter().filter_map(|argument| match argument {
            FnArg::Typed(typed) => Some((&*typed.pat, &*typed.ty)),
            FnArg::Receiver(_) => None,
        })
    }

    /// The conditions under which the function exists, which are not evaluated yet: each `cfg`, and each that a `cfg_attr`
    /// makes.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = Attribute> {
        self.attributes.iter().filter_map(|attribute| {
            if attribute.path().is_ident("cfg") {
                return Some(attribute.clone());
            }
            if !attribute.path().is_ident("cfg_attr") {
                return None;
            }
            let metas = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()?;
            let conditions: Vec<&Meta> = metas.iter().skip(1).filter(|meta| meta.path().is_ident("cfg")).collect();
            let predicate = metas.first()?;
            (!conditions.is_empty()).then(|| syn::parse_quote!(#[cfg_attr(#predicate, #(#conditions),*)]))
        })
    }

    /// The span of the argument of that index.
    pub(crate) fn argument_span(&self, index: usize) -> Span {
        self.arguments().nth(index).map_or_else(Span::call_site, |(_, ty)| ty.span())
    }
}

fn argument_name(pattern: &Pat) -> Option<String> {
    match pattern {
        Pat::Ident(ident) if ident.subpat.is_none() => Some(ident.ident.unraw().to_string()),
        _ => None,
    }
}

/// An argument's attribute: `#[queue("orders")]`, `#[table("stock", access = "read")]`.
fn raw_output(attribute: &Attribute) -> RawOutput {
    let name = attribute.path().to_token_stream().to_string().replace(' ', "");
    let values = match &attribute.meta {
        Meta::List(list) => list.parse_args_with(Punctuated::<Expr, Token![,]>::parse_terminated).map_or_else(
            |_| vec![(None, RawValue::Other(list.tokens.to_string()))],
            |values| values.iter().map(output_value).collect(),
        ),
        Meta::NameValue(pair) => vec![(None, raw_value(&pair.value))],
        Meta::Path(_) => Vec::new(),
    };
    RawOutput { name, values }
}

fn output_value(value: &Expr) -> (Option<String>, RawValue) {
    match value {
        Expr::Assign(pair) => (Some(pair.left.to_token_stream().to_string()), raw_value(&pair.right)),
        value => (None, raw_value(value)),
    }
}

/// Faults of the signature alone, but for those that rustc reports ([`is_refused_by_rustc`]).
pub(crate) fn check_signature(function: &Function) -> Vec<syn::Error> {
    let signature = &function.signature;
    if signature.variadic.is_some() {
        return Vec::new();
    }
    let mut errors = check_qualifiers(signature);
    let parameters = &signature.generics.params;
    if !parameters.is_empty() {
        let lifetimes_only = parameters.iter().all(|it| matches!(it, GenericParam::Lifetime(_)));
        let kind = if lifetimes_only { FaultKind::LifetimeParameter } else { FaultKind::Generic };
        errors.push(error_at(parameters.span(), kind));
    }
    for argument in &signature.inputs {
        let fault = match argument {
            FnArg::Typed(typed) => {
                let conditions =
                    typed.attrs.iter().filter(|it| it.path().is_ident("cfg") || it.path().is_ident("cfg_attr"));
                errors.extend(conditions.map(|it| error_at(it.path().span(), FaultKind::ConditionalArgument)));
                type_fault(&typed.ty).map(|kind| error_at(typed.ty.span(), kind))
            }
            FnArg::Receiver(receiver) => Some(error_at(receiver.span(), FaultKind::Receiver)),
        };
        errors.extend(fault);
    }
    if let ReturnType::Type(_, ty) = &signature.output
        && let Type::Never(never) = &**ty
    {
        errors.push(error_at(never.span(), FaultKind::NeverOutput));
    }
    errors
}

/// Faults of what stands before `fn`.
fn check_qualifiers(signature: &Signature) -> Vec<syn::Error> {
    let mut errors = Vec::new();
    if let Some(token) = &signature.constness {
        errors.push(error_at(token.span(), FaultKind::ConstFunction));
    } else if signature.asyncness.is_none() {
        let name = signature.ident.to_string();
        errors.push(error_at(signature.fn_token.span, FaultKind::NotAsync { name }));
    }
    let unsafety = signature.to_token_stream().into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) if ident == "unsafe" => Some(ident.span()),
        _ => None,
    });
    errors.extend(unsafety.map(|span| error_at(span, FaultKind::UnsafeFunction)));
    errors.extend(signature.abi.as_ref().map(|abi| error_at(abi.extern_token.span, FaultKind::ExternFunction)));
    errors
}

/// Whether rustc refuses the signature with a message of its own, so that one of ours would be a second one.
pub(crate) fn is_refused_by_rustc(signature: &Signature) -> bool {
    let inferred = |tokens: TokenStream| has_word(&tokens, "_");
    let arguments = signature.inputs.iter().any(|argument| match argument {
        FnArg::Typed(typed) => inferred(typed.ty.to_token_stream()),
        FnArg::Receiver(_) => false,
    });
    arguments || inferred(signature.output.to_token_stream()) || signature.variadic.is_some()
}

fn type_fault(ty: &Type) -> Option<FaultKind> {
    match ty {
        Type::Reference(reference) => Some(FaultKind::BorrowedArgument { owned: owned(&reference.elem) }),
        Type::Paren(inner) => type_fault(&inner.elem),
        Type::Group(inner) => type_fault(&inner.elem),
        _ if has_word(&ty.to_token_stream(), "impl") => Some(FaultKind::ImplArgument),
        _ => None,
    }
}

/// The type to take in place of a reference to that one.
fn owned(ty: &Type) -> String {
    match ty {
        Type::Slice(slice) => format!("Vec<{}>", slice.elem.to_token_stream()),
        Type::Path(path) if path.path.is_ident("str") => "String".to_owned(),
        other => other.to_token_stream().to_string(),
    }
}

/// The return type to name in the expansion: `_` where it cannot be named.
pub(crate) fn output(signature: &Signature) -> TokenStream {
    match &signature.output {
        ReturnType::Default => quote::quote!(()),
        ReturnType::Type(_, ty) if has_word(&ty.to_token_stream(), "impl") => quote::quote_spanned!(ty.span()=> _),
        ReturnType::Type(_, ty) => ty.to_token_stream(),
    }
}

/// Whether a word stands anywhere in the tokens.
pub(crate) fn has_word(tokens: &TokenStream, word: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Group(group) => has_word(&group.stream(), word),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// The first paragraph of a documentation comment, on one line.
fn first_paragraph(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    let mut words: Vec<String> = Vec::new();
    for line in lines.flat_map(|text| doc_lines(&text)) {
        match line.trim() {
            "" if words.is_empty() => {}
            "" => break,
            text => words.push(text.to_owned()),
        }
    }
    words.join(" ")
}

/// The lines of one piece of documentation, without the stars that `/** … */` has before each.
fn doc_lines(text: &str) -> Vec<String> {
    // Not `lines`, to which an empty text has none: it is what parts paragraphs.
    let lines = text.split('\n').map(str::trim);
    let starred = text.contains('\n') && lines.clone().all(|line| line.is_empty() || line.starts_with('*'));
    lines.map(|line| if starred { line.trim_start_matches('*').to_owned() } else { line.to_owned() }).collect()
}

/// Where the function's name stands in the source, for the record.
pub(crate) fn position(ident: &Ident) -> (String, u32) {
    // Only a compiler knows files and lines; the tests of the expansion run without one.
    if !proc_macro::is_available() {
        return (String::new(), 0);
    }
    let span = ident.span().unwrap();
    (span.file(), u32::try_from(span.line()).unwrap_or_default())
}

#[cfg(test)]
#[allow(clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use quote::quote;
    use syn::parse_quote;

    use super::*;

    fn function(tokens: TokenStream) -> Function {
        syn::parse2(tokens).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn the_first_paragraph_is_one_line() {
        let doc = |tokens| function(tokens).raw().doc;
        assert_eq!(
            doc(quote!(
                #[doc = ""]
                #[doc = " One"]
                #[doc = " two."]
                #[doc = ""]
                #[doc = "Three."]
                fn f() {}
            )),
            "One two."
        );
        assert_eq!(
            doc(quote!(
                #[doc = "\n * One\n * two.\n *\n * Three.\n"]
                fn f() {}
            )),
            "One two."
        );
        assert_eq!(
            doc(quote!(
                #[doc = "a\n* b"]
                fn f() {}
            )),
            "a * b",
            "a list is no frame"
        );
        assert_eq!(
            doc(quote!(
                #[doc = "* a"]
                fn f() {}
            )),
            "* a"
        );
        assert_eq!(
            doc(quote!(
                #[path = "no documentation"]
                #[doc = "One."]
                fn f() {}
            )),
            "One."
        );
    }

    #[test]
    fn only_a_plain_name_binds() {
        let function = function(quote!(
            fn f(id: u64, mut count: u64, whole @ _: u64, (a, b): (u8, u8), r#type: u8) {}
        ));
        let names: Vec<Option<String>> = function.raw().arguments.into_iter().map(|argument| argument.name).collect();
        let expected = [Some("id"), Some("count"), None, None, Some("type")];
        assert_eq!(names, expected.map(|name| name.map(str::to_owned)));
    }

    #[test]
    fn what_is_borrowed_is_told_as_what_can_be_owned() {
        for (ty, expected) in [
            (parse_quote!(&str), "String"),
            (parse_quote!(&Order), "Order"),
            (parse_quote!(&[u8]), "Vec<u8>"),
            (parse_quote!((&Order)), "Order"),
        ] {
            let Some(FaultKind::BorrowedArgument { owned }) = type_fault(&ty) else { panic!("{expected}") };
            assert_eq!(owned, expected);
        }
        assert_eq!(type_fault(&parse_quote!(Order)), None);
    }

    #[test]
    fn conditions_are_those_of_cfg_alone() {
        let function = function(quote! {
            #[cfg(unix)]
            #[cfg_attr(test, cfg(windows), inline)]
            #[cfg_attr(test, inline)]
            #[inline]
            fn f() {}
        });
        let conditions: Vec<String> =
            function.conditions().map(|it| it.to_token_stream().to_string().replace(' ', "")).collect();
        assert_eq!(conditions, ["#[cfg(unix)]", "#[cfg_attr(test,cfg(windows))]"]);
    }

    #[test]
    fn what_rustc_refuses_is_left_to_it() {
        let refused = |tokens| is_refused_by_rustc(&function(tokens).signature);
        assert!(refused(quote!(
            async fn f(a: _) {}
        )));
        assert!(refused(quote!(
            async fn f() -> Vec<_> {}
        )));
        assert!(refused(quote!(
            unsafe extern "C" fn f(_: ...) {}
        )));
        assert!(!refused(quote!(
            async fn f(_: u8) -> u8 {}
        )));
    }
}
