//! What is done when something happens.

use serde::{Deserialize, Serialize};
use tusk_fn::prelude::*;

/// What an event tells.
#[derive(Deserialize, Serialize)]
struct Told {
    text: String,
}

/// Takes each CloudEvent of the type. An error has it come again.
#[tusk_fn(trigger = "event", type = "com.example.{{name}}")]
async fn {{function}}(event: CloudEvent<Told>) {
    tracing::info!(id = event.id, text = event.data.text, "heard");
}

#[cfg(test)]
mod tests {
    use super::*;
    use tusk_fn::App;

    #[tokio::test]
    async fn it_takes_events() {
        let functions = App::new().start().await.expect("the program starts");
        let event = CloudEvent::new("com.example.{{name}}", "/test", Told { text: "open".to_owned() });
        functions.invoke("{{name}}", event).await.expect("it is taken");
    }
}
