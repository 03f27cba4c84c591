fn users(name: &str) {}

// :: core :: compile_error! {
// }

// :: core :: compile_error! {
// }

// :: core :: compile_error! {
// }

// 40 tokens
