//! What is done when an item of the table `{{name}}` changes.

use serde::{Deserialize, Serialize};
use tusk_fn::prelude::*;

/// An item.
#[derive(Deserialize, Serialize)]
struct Item {
    pieces: u32,
}

/// Sees each change. An error has it come again, before the changes that follow.
#[tusk_fn(trigger = "database", table = "{{name}}")]
async fn {{function}}(change: Change<Item>) {
    let id = change.key().text("id").unwrap_or_default().to_owned();
    match change.into_new() {
        Some(item) => tracing::info!(id, item.pieces, "written"),
        None => tracing::info!(id, "gone"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tusk_fn::App;

    #[tokio::test]
    async fn it_sees_changes() {
        let functions = App::new().start().await.expect("the program starts");
        let change = Change::insert("a", Item { pieces: 4 });
        functions.invoke("{{name}}", change).await.expect("it is seen");
    }
}
