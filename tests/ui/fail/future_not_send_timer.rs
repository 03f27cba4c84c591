//! A lock held over an await.

use std::sync::Mutex;

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "timer", schedule = "@daily")]
async fn sweep() {
    let count = Mutex::new(0);
    let guard = count.lock();
    std::future::ready(()).await;
    drop(guard);
}

tusk_fn::main!();
