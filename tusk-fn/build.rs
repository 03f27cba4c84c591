//! Decides which providers are compiled in: those whose feature is on, and of them, where `TUSK_FN_ONLY` is set, those that it
//! lists. `cargo tusk build` sets it, so that what is deployed to one provider carries no other.

/// Each provider is a feature of the same name.
const PROVIDERS: [&str; 5] = ["local", "aws", "azure", "google", "knative"];
/// Those that are reached through an HTTP server in the program.
const SERVING: [&str; 4] = ["local", "azure", "google", "knative"];

fn main() {
    println!("cargo::rerun-if-env-changed=TUSK_FN_ONLY");
    println!("cargo::rerun-if-changed=build.rs");
    let only = std::env::var("TUSK_FN_ONLY").ok().filter(|only| !only.trim().is_empty());
    let listed: Option<Vec<&str>> = only.as_deref().map(|only| only.split(',').map(str::trim).collect());
    if let Some(unknown) = listed.iter().flatten().find(|name| !PROVIDERS.contains(name)) {
        println!(
            "cargo::error=`TUSK_FN_ONLY` lists `{unknown}`, which is no provider; write some of: {}",
            PROVIDERS.join(",")
        );
    }
    println!("cargo::rustc-check-cfg=cfg(fuzzing)");
    println!("cargo::rustc-check-cfg=cfg(deployed_without_clients)");
    let clients = std::env::var_os("CARGO_FEATURE_AWS_CLIENTS").is_some();
    if listed.as_ref().is_some_and(|listed| listed.contains(&"aws")) && !clients {
        println!("cargo::rustc-cfg=deployed_without_clients");
    }
    let mut serves = false;
    for provider in PROVIDERS {
        println!("cargo::rustc-check-cfg=cfg(provider_{provider})");
        let feature = std::env::var_os(format!("CARGO_FEATURE_{}", provider.to_uppercase())).is_some();
        if feature && listed.as_ref().is_none_or(|listed| listed.contains(&provider)) {
            println!("cargo::rustc-cfg=provider_{provider}");
            serves |= SERVING.contains(&provider);
        }
    }
    println!("cargo::rustc-check-cfg=cfg(http_server)");
    if serves {
        println!("cargo::rustc-cfg=http_server");
    }
}
