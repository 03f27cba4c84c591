//! Reads the function below the attribute. Its body stays tokens: it may be half typed.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned as _;
use syn::{Attribute, Expr, ExprLit, FnArg, Ident, Lit, Meta, Pat, ReturnType, Signature, Type, Visibility};
use tusk_fn_spec::attribute::RawSignature;
use tusk_fn_spec::fault::{Fault, FaultKind};

/// A function whose body was not read.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) signature: Signature,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = Attribute::parse_outer(input)?;
        input.parse::<Visibility>()?;
        let signature: Signature = input.parse()?;
        input.parse::<TokenStream>()?;
        Ok(Self { attributes, signature })
    }
}

impl Function {
    /// What the checks want to know.
    pub(crate) fn raw(&self) -> RawSignature {
        RawSignature {
            name: self.signature.ident.unraw().to_string(),
            doc: first_paragraph(&self.attributes),
            arguments: self.arguments().map(|(pattern, _)| argument_name(pattern)).collect(),
        }
    }

    /// The arguments' patterns and types; a receiver is none.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = (&Pat, &Type)> {
        self.signature.inputs.iter().filter_map(|argument| match argument {
            FnArg::Typed(typed) => Some((&*typed.pat, &*typed.ty)),
            _ => None,
        })
    }

    /// The conditions under which the function exists.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"))
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

/// Faults of the signature alone, each with its span.
pub(crate) fn check_signature(function: &Function) -> Vec<(Span, Fault)> {
    let signature = &function.signature;
    let mut faults = Vec::new();
    let mut push = |span: Span, kind| faults.push((span, Fault::name(kind)));
    if signature.asyncness.is_none() {
        push(signature.fn_token.span, FaultKind::NotAsync { name: signature.ident.to_string() });
    }
    if let Some(token) = &signature.constness {
        push(token.span(), FaultKind::ConstFunction);
    }
    let unsafety = signature.to_token_stream().into_iter().find_map(|token| match token {
        proc_macro2::TokenTree::Ident(ident) if ident == "unsafe" => Some(ident.span()),
        _ => None,
    });
    if let Some(span) = unsafety {
        push(span, FaultKind::UnsafeFunction);
    }
    if let Some(abi) = &signature.abi {
        push(abi.extern_token.span, FaultKind::ExternFunction);
    }
    if !signature.generics.params.is_empty() {
        push(signature.generics.params.span(), FaultKind::Generic);
    }
    if let Some(variadic) = &signature.variadic {
        push(variadic.span(), FaultKind::Variadic);
    }
    for argument in &signature.inputs {
        match argument {
            FnArg::Typed(typed) => {
                if let Some(kind) = type_fault(&typed.ty) {
                    push(typed.ty.span(), kind);
                }
            }
            other => push(other.span(), FaultKind::Receiver),
        }
    }
    faults
}

fn type_fault(ty: &Type) -> Option<FaultKind> {
    match ty {
        Type::Reference(_) => {
            Some(FaultKind::BorrowedArgument { ty: ty.to_token_stream().to_string().replace("& ", "&") })
        }
        Type::ImplTrait(_) => Some(FaultKind::ImplArgument),
        Type::Infer(_) => Some(FaultKind::InferredArgument),
        Type::Paren(inner) => type_fault(&inner.elem),
        Type::Group(inner) => type_fault(&inner.elem),
        _ => None,
    }
}

/// The return type to name in the expansion: `_` where it cannot be named.
pub(crate) fn output(signature: &Signature) -> TokenStream {
    match &signature.output {
        ReturnType::Default => quote::quote!(()),
        ReturnType::Type(_, ty) if has_impl(&ty.to_token_stream()) => quote::quote_spanned!(ty.span()=> _),
        ReturnType::Type(_, ty) => ty.to_token_stream(),
    }
}

fn has_impl(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        proc_macro2::TokenTree::Ident(ident) => ident == "impl",
        proc_macro2::TokenTree::Group(group) => has_impl(&group.stream()),
        _ => false,
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
    for line in lines.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()) {
        match line.trim() {
            "" if words.is_empty() => {}
            "" => break,
            text => words.push(text.to_owned()),
        }
    }
    words.join(" ")
}

/// Where the function's name stands in the source, for the record.
pub(crate) fn position(ident: &Ident) -> (String, u32) {
    let span = ident.span().unwrap();
    (span.file(), u32::try_from(span.line()).unwrap_or_default())
}
