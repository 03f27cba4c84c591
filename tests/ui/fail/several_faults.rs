//! Faults in the attribute and in the signature are reported together: six errors.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "/users/<id>", methods = ["get"], timeout = 30, colour = "blue")]
fn users(id: &str) {
    let _ = id;
}

tusk_fn::main!();
