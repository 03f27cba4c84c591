//! What is done with the files of the bucket `{{name}}`.

use tusk_fn::prelude::*;

/// Sees each file that is written. Its content is read by `blob.text(…)`, with the feature `blob-store` of tusk-fn.
#[tusk_fn(trigger = "blob", path = "{{name}}/<file>.csv")]
async fn {{function}}(file: String, blob: Blob) {
    tracing::info!(file, size = blob.size, "written");
}

#[cfg(test)]
mod tests {
    use tusk_fn::{App, Blob};

    #[tokio::test]
    async fn files_of_its_kind_are_seen() {
        let functions = App::new().start().await.expect("the program starts");
        functions.invoke("{{name}}", Blob::created("{{name}}", "may.csv")).await.expect("it is seen");
        functions.invoke("{{name}}", Blob::created("{{name}}", "may.txt")).await.expect_err("it is for nobody");
    }
}
