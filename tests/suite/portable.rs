//! The central promise: one program, unchanged, on every provider. The examples `users` and `orders` live through the same stories
//! on each; AWS's chapters are among the judges, through SAM's gateway, moto and AWS's emulator.
//!
//! - [`users`]: requests and a timer, with what each platform itself sets and sends
//! - [`local`], [`azure`], [`google`], [`knative`]: a driver for the shop on each provider. It deploys what the manifests say, and
//!   delivers as the platform does
//! - [`verdicts`]: what is said of each function on each platform, which the drivers show to be so

mod azure;
mod google;
mod knative;
mod local;
mod users;
mod verdicts;

use std::path::PathBuf;

use tusk_fn_manifest::Project;

use self::users::{ALL, Deployed, REQUESTS, TIMER};
use crate::support::{built, records};
use crate::{shop, users as story};

/// The shop: its program, and what it is for whoever renders its manifests.
fn orders() -> (PathBuf, Project) {
    let program = built(&["orders"]).join("orders");
    let project = Project::new("orders", records(&program));
    (program, project)
}

#[test]
fn users_are_made_and_found_on_every_provider() {
    for provider in ALL {
        let deployed = Deployed::start(provider, REQUESTS);
        story::tell(|method, path, body| deployed.call(method, path, body));
    }
}

#[test]
fn a_timer_fires_on_every_provider() {
    for provider in ALL {
        let deployed = Deployed::start(provider, TIMER);
        assert!(deployed.fire(), "{provider:?}");
    }
}

#[test]
fn orders_go_through_the_shop_locally() {
    shop::tell(&mut local::Local::deploy(orders()));
}

#[test]
fn orders_go_through_the_shop_on_azure() {
    let mut azure = azure::Azure::deploy(orders());
    shop::tell(&mut azure);
    assert_eq!(azure.refused(), [""; 0]);
    assert_eq!((azure.arrived("email"), azure.arrived("operations")), (4, 1));
}

#[test]
fn orders_go_through_the_shop_on_google() {
    shop::tell(&mut google::CloudRun::deploy(orders()));
}
