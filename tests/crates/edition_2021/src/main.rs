//! Edition 2021.

use tusk_fn::prelude::*;

#[tusk_fn(trigger = "http", route = "users/<id?>")]
async fn users(id: Option<u64>, context: Context) -> Result<Json<Option<u64>>, HttpError> {
    let _ = context;
    Ok(Json(id))
}

mod timers {
    use tusk_fn::prelude::*;

    #[tusk_fn(trigger = "timer", schedule = "@daily")]
    pub async fn sweep(timer: Timer, text: State<String>) -> Result<(), std::io::Error> {
        println!("{} {}", timer.scheduled_at, text.0);
        Ok(())
    }
}

#[tusk_fn::init]
async fn text() -> Result<String, std::io::Error> {
    Ok(String::new())
}

tusk_fn::main!();
