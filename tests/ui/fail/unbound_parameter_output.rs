//! A parameter whose argument is an output.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "http", route = "a/<id>")]
async fn handle(#[queue("ids")] id: Sender<u32>) {
    let _ = id;
}

tusk_fn::main!();
