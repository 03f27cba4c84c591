#[tusk_fn(trigger = "timer", schedule = "0 */5 * * * *", tz = "Europe/Berlin", name = "clean-up")]
async fn sweep(timer: Timer) {
    println!("due at {}", timer.scheduled_at);
}
