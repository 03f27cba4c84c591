//! A function that never ends.

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() -> ! {
    loop {
        std::future::pending::<()>().await;
    }
}

tusk_fn::main!();

// Corrected:
// 6: async fn users() {
