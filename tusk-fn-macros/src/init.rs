//! `#[init]`: a function that makes a state once per process.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{FnArg, ReturnType, Signature, Type};
use tusk_fn_spec::fault::FaultKind;

use crate::check::parse_function;
use crate::expand::{self, root};
use crate::fallback::{error_at, expand_fallback};
use crate::signature::{Function, check_signature, has_word, is_refused_by_rustc, output, position};

/// Expands `#[init] item`.
pub(crate) fn expand_init(arguments: &TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Vec::new();
    if !arguments.is_empty() {
        errors.push(error_at(arguments.span(), FaultKind::InitArgumentsOfAttribute));
    }
    let function = match parse_function(&item) {
        Ok(function) => function,
        Err(error) => return expand_fallback(item, errors.into_iter().chain([error])),
    };
    errors.extend(check_signature(&function));
    errors.extend(output_fault(&function.signature));
    if errors.is_empty() && !is_refused_by_rustc(&function.signature) {
        expand_checked(&item, &function)
    } else {
        expand_fallback(item, errors)
    }
}

/// The type of the state must be there, and have a name by which functions can ask for it.
fn output_fault(signature: &Signature) -> Option<syn::Error> {
    match &signature.output {
        ReturnType::Default => Some(error_at(signature.ident.span(), FaultKind::InitWithoutOutput)),
        ReturnType::Type(_, ty) if matches!(&**ty, Type::Tuple(unit) if unit.elems.is_empty()) => {
            Some(error_at(ty.span(), FaultKind::InitWithoutOutput))
        }
        ReturnType::Type(_, ty) if has_word(&ty.to_token_stream(), "impl") => {
            Some(error_at(ty.span(), FaultKind::InitImplOutput))
        }
        ReturnType::Type(..) => None,
    }
}

fn expand_checked(item: &TokenStream, function: &Function) -> TokenStream {
    let ident = &function.signature.ident;
    let span = Span::mixed_site();
    let root = root(ident.span());
    let rt = expand::rt(span);
    let conditions: Vec<_> = function.conditions().collect();
    let types: Vec<_> = function
        .signature
        .inputs
        .iter()
        .filter_map(|argument| if let FnArg::Typed(typed) = argument { Some(&typed.ty) } else { None })
        .collect();
    let values: Vec<Ident> = (0..types.len()).map(|at| expand::local(&format!("argument_{at}"))).collect();
    let (states, value) = (expand::local("states"), expand::local("value"));
    let proofs = types.iter().map(|ty| {
        let span = Span::mixed_site().located_at(ty.span());
        quote_spanned!(span=> #rt::init_argument::<#ty>())
    });
    let proofs: Vec<TokenStream> = proofs.collect();
    let output = output(&function.signature);
    let output_span = Span::mixed_site().located_at(output.span());
    let (file, line) = position(ident);
    let name = ident.to_string();
    let state = quote_spanned! {output_span=>
        (&&#rt::PickState::<#output>::new()).pick().prove::<#output>()
    };
    let run = quote_spanned! {span=>
        #(let #values = #proofs.take(&#states)?;)*
        let #value = #ident(#(#values),*).await;
        #state.state(#value)
    };
    // At the function's name, so that a future that cannot be sent between threads is reported there.
    let named = Span::mixed_site().located_at(ident.span());
    let rt_at_name = expand::rt(named);
    let boxed = quote_spanned!(named=> #rt_at_name::init::boxed(async move { #run }));
    quote! {
        #[allow(clippy::unused_async)]
        #item

        #(#conditions)*
        #root::emit_init! {
            name = (#name, #file, #line);
            provides = { #state.key() }
            needs = { [#(#proofs.requirement()),*] }
            run = (#states) { #boxed }
        }
    }
}
