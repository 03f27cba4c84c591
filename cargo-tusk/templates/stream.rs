//! What is done with the records of the stream `{{name}}`.

use serde::{Deserialize, Serialize};
use tusk_fn::prelude::*;

/// A record.
#[derive(Deserialize, Serialize)]
struct View {
    page: String,
}

/// Takes the records of a partition in their order. An error has the record come again.
#[tusk_fn(trigger = "stream", stream = "{{name}}")]
async fn {{function}}(Json(view): Json<View>) {
    tracing::info!(page = view.page, "seen");
}

#[cfg(test)]
mod tests {
    use super::*;
    use tusk_fn::App;

    #[tokio::test]
    async fn it_takes_records() {
        let functions = App::new().start().await.expect("the program starts");
        let record = Record::new("partition", View { page: "/".to_owned() });
        functions.invoke("{{name}}", record).await.expect("it is taken");
    }
}
