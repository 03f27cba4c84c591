//! What is done with the messages of the topic `{{name}}`.

use serde::{Deserialize, Serialize};
use tusk_fn::prelude::*;

/// A message.
#[derive(Deserialize, Serialize)]
struct News {
    text: String,
}

/// Takes each message of the topic. An error has it come again.
#[tusk_fn(trigger = "topic", topic = "{{name}}")]
async fn {{function}}(Json(news): Json<News>) {
    tracing::info!(text = news.text, "heard");
}

#[cfg(test)]
mod tests {
    use super::*;
    use tusk_fn::App;

    #[tokio::test]
    async fn it_listens() {
        let functions = App::new().start().await.expect("the program starts");
        let news = Message::new(News { text: "open".to_owned() });
        functions.invoke("{{name}}", news).await.expect("it is taken");
    }
}
