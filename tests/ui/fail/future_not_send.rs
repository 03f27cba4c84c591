//! A value that cannot cross threads, held over an await.

use std::rc::Rc;

use tusk_fn::tusk_fn;

#[tusk_fn(trigger = "http", route = "users")]
async fn users() -> String {
    let name = Rc::new("Ada".to_owned());
    std::future::ready(()).await;
    name.to_string()
}

tusk_fn::main!();

// Corrected:
// 9:     let name = std::sync::Arc::new("Ada".to_owned());
