//! An init that holds a value that cannot cross threads.

use std::rc::Rc;

#[tusk_fn::init]
async fn connect() -> u64 {
    let number = Rc::new(7);
    std::future::ready(()).await;
    *number
}

tusk_fn::main!();
