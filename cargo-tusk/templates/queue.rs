//! What is done with the messages of the queue `{{name}}`.

use serde::{Deserialize, Serialize};
use tusk_fn::prelude::*;

/// A message.
#[derive(Deserialize, Serialize)]
struct Job {
    id: String,
    pieces: u32,
}

/// Does a job. An error has the message come again, five times in all; `Reject` gives it up at once.
#[tusk_fn(trigger = "queue", queue = "{{name}}", max_attempts = 5)]
async fn {{function}}(Json(job): Json<Job>) -> Result<(), Reject> {
    if job.pieces == 0 {
        return Err(Reject::new(format!("job {} has no pieces", job.id)));
    }
    tracing::info!(job = job.id, job.pieces, "done");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tusk_fn::App;

    #[tokio::test]
    async fn jobs_without_pieces_are_given_up() {
        let functions = App::new().start().await.expect("the program starts");
        for (pieces, is_done) in [(1, true), (0, false)] {
            let job = Message::new(Job { id: "j-1".to_owned(), pieces });
            assert_eq!(functions.invoke("{{name}}", job).await.is_ok(), is_done);
        }
    }
}
