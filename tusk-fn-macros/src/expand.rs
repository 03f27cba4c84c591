//! Writes the code of a function that passed its checks: the function untouched, and one call of `emit!`.
//!
//! `emit!` is a `macro_rules!` of `tusk-fn`, so that whatever needs an `unsafe(…)` attribute is foreign to the user's crate,
//! which may forbid unsafe code. It is reached through the module that `main!` or `library!` puts at the crate's root, so a
//! renamed dependency works, and a forgotten `main!` is one error that says what to write.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use tusk_fn_spec::attribute::{Binding, Checked};
use tusk_fn_spec::name;
use tusk_fn_spec::record::FunctionRecord;
use tusk_fn_spec::trigger::{Arity, Unique};

use crate::attr::Attribute;
use crate::signature::{Function, output, position};

/// Stands in the record where the compiler puts the module's path: a character that no path has.
const MODULE_MARK: &str = "\u{1}";

/// Expands a function that passed.
pub(crate) fn expand_checked(function: &Function, attribute: &Attribute, checked: &Checked) -> TokenStream {
    let item = function.item();
    let root = root(function.signature.ident.span());
    let conditions: Vec<_> = function.conditions().collect();
    let (before, after) = record_text(function, &checked.record);
    let name = name_unique(&checked.record);
    let uniques = checked.record.trigger.uniques();
    let labels = std::iter::once(&name).chain(&uniques);
    let labels = labels.map(|it| format!("tusk_fn: declared twice: the {} {}", it.key, it.label));
    let (open, close) = expand_guard(&name, attribute, function);
    let guards = uniques.iter().map(|unique| {
        let (open, close) = expand_guard(unique, attribute, function);
        quote!(#open () #close)
    });
    let handler = expand_handler(function, checked);
    quote! {
        #[allow(clippy::too_many_arguments, clippy::unused_async)]
        #item

        #(#conditions)*
        #root::emit! {
            record = (#before, #after);
            open = { #open }
            close = { #close }
            guards = { #(#guards)* }
            exports = { #(#labels)* }
            handler = { #handler }
        }
    }
}

/// The module that `main!` or `library!` puts at the crate's root.
pub(crate) fn root(span: Span) -> TokenStream {
    let module = Ident::new("call_to_tusk_fn_main_or_library", span);
    quote_spanned!(span=> crate::#module)
}

/// What `emit!` imports the runtime's private module as.
pub(crate) fn rt(span: Span) -> Ident {
    Ident::new("__tusk_fn_rt", span)
}

/// A variable of the expansion. Hygiene keeps it from the user's variables, but not from a constant of the same name.
pub(crate) fn local(name: &str) -> Ident {
    format_ident!("__tusk_fn_{name}", span = Span::mixed_site())
}

/// The record's line before and after the module's path.
fn record_text(function: &Function, record: &FunctionRecord) -> (String, String) {
    let mut record = record.clone();
    let (file, line) = position(&function.signature.ident);
    record.source.package = std::env::var("CARGO_PKG_NAME").unwrap_or_default();
    MODULE_MARK.clone_into(&mut record.source.module);
    record.source.file = file;
    record.source.line = line;
    let text = serde_json::to_string(&record).unwrap_or_default();
    let mark = serde_json::to_string(MODULE_MARK).unwrap_or_default();
    // With its key, whose quotes stand unescaped in no value: a function may be documented by the mark alone.
    let field = format!("\"module\":{mark}");
    let (before, after) = text.split_once(field.as_str()).unwrap_or((&text, ""));
    (format!("{before}\"module\":\""), format!("\"{after}\n"))
}

/// The function's name, which only it may have.
fn name_unique(record: &FunctionRecord) -> Unique {
    Unique {
        key: "name",
        label: record.name.clone(),
        identifier: format!("duplicate_function_name_{}", name::encode(&record.name)),
    }
}

/// A constant for something that is unique, at the place that declares it: two of one name are an error of the compiler. It
/// is open where its value stands.
fn expand_guard(unique: &Unique, attribute: &Attribute, function: &Function) -> (TokenStream, TokenStream) {
    let at = attribute.raw.pairs.iter().position(|pair| pair.key == unique.key);
    let value = at.and_then(|at| attribute.spans.get(at)).map(|pair| pair.value);
    let span = Span::mixed_site().located_at(value.unwrap_or_else(|| function.signature.ident.span()));
    let guard = Ident::new(&unique.identifier, span);
    (quote_spanned!(span=> const #guard: () =), quote_spanned!(span=> ;))
}

/// The function that the runtime calls: takes the arguments out of the invocation, calls the handler, and turns what it
/// returns into an outcome.
fn expand_handler(function: &Function, checked: &Checked) -> TokenStream {
    let ident = &function.signature.ident;
    let span = Span::mixed_site();
    let named = Span::mixed_site().located_at(ident.span());
    let rt = rt(span);
    let kind = Ident::new(checked.record.trigger.marker(), span);
    let kind = quote_spanned!(span=> #rt::kind::#kind);
    let invocation = local("invocation");
    let value = local("value");
    let types: Vec<&syn::Type> = function.arguments().map(|(_, ty)| ty).collect();
    let values: Vec<Ident> = (0..types.len()).map(|at| local(&format!("argument_{at}"))).collect();
    let mut takes = TokenStream::new();
    let mut requirements = TokenStream::new();
    let target = target_marker(&checked.record);
    // An output leaves everything to the others, wherever it stands.
    let last = checked.bindings.iter().rposition(|binding| !matches!(binding, Binding::Output(_)));
    for (at, (ty, binding)) in types.iter().zip(&checked.bindings).enumerate() {
        let argument = &values[at];
        let proof = expand_proof(&rt, &kind, &target, ty, binding, Some(at) == last);
        takes.extend(quote_spanned!(span=> let #argument = #proof.take(&mut #invocation).await?;));
        if !matches!(binding, Binding::Parameter { .. }) {
            requirements.extend(quote_spanned!(span=> #proof.requirement(),));
        }
    }
    if checked.record.idempotent.is_some() {
        requirements.extend(quote_spanned!(span=> #rt::idempotent::<#kind>(),));
    }
    // Where deliveries are handled once, a reply that got lost would not be given again: there is none.
    let replies = if checked.record.idempotent.is_some() { several() } else { target };
    let output = output(&function.signature);
    let output_span = Span::mixed_site().located_at(output.span());
    let call = quote_spanned!(span=> #ident(#(#values),*));
    let finish = quote_spanned! {output_span=>
        (&&&&#rt::Pick::<#kind, #output>::of(&#value)).pick().prove::<#output, #rt::target::#replies>().finish(#value)
    };
    let body = quote_spanned! {span=>
        let mut #invocation = #invocation;
        #takes
        let #value = #call.await;
        #rt::handled(#finish)
    };
    // At the function's name, so that a future that cannot be sent between threads is reported there.
    let rt_at_name = self::rt(named);
    let boxed = quote_spanned!(named=> #rt_at_name::boxed(async move { #body }));
    quote_spanned! {span=>
        fn __tusk_fn_handler(#invocation: #rt::Invocation) -> #rt::HandlerFuture {
            use #rt::{PickAnswer as _, PickFallible as _, PickPlain as _, PickResponse as _};
            #boxed
        }
        fn __tusk_fn_requirements() -> #rt::Requirements {
            #rt::requirements::<#kind>(&[#requirements])
        }
    }
}

/// The runtime's marker for where the function may be deployed: an event of one provider is for that one alone.
fn target_marker(record: &FunctionRecord) -> Ident {
    match record.targets.as_slice() {
        [only] => Ident::new(only.marker(), Span::mixed_site()),
        _ => several(),
    }
}

/// The marker of a function that may be deployed to more than one provider.
fn several() -> Ident {
    Ident::new("Several", Span::mixed_site())
}

/// The expression that proves that an argument's type can be taken here, and takes it.
fn expand_proof(
    rt: &Ident,
    kind: &TokenStream,
    target: &Ident,
    ty: &syn::Type,
    binding: &Binding,
    last: bool,
) -> TokenStream {
    let span = Span::mixed_site().located_at(ty.span());
    match binding {
        Binding::Parameter { index, name, arity } => {
            let prove = match arity {
                Arity::One => Ident::new("parameter", span),
                Arity::Optional => Ident::new("optional_parameter", span),
                Arity::Rest => Ident::new("rest_parameter", span),
            };
            quote_spanned!(span=> #rt::#prove::<#kind, #ty>(#index, #name))
        }
        Binding::Output(output) => {
            let marker = Ident::new(output.kind.marker(), span);
            let (name, reads, writes) = (&output.name, output.access.reads(), output.access.writes());
            quote_spanned!(span=> #rt::output_kind::#marker::prove::<#ty>(#name, #reads, #writes))
        }
        Binding::Type => {
            let prove = Ident::new(if last { "last_argument" } else { "argument" }, span);
            quote_spanned!(span=> #kind::#prove::<#ty, _, #rt::target::#target>())
        }
    }
}
