fn users(name: &str) {}

// ::core::compile_error! { "the route begins with a slash\n\n  \"/users\"\n   ^\n\nhelp: write `\"users\"`: a route is given without slashes at its ends" }

// ::core::compile_error! { "the function must be `async`\nhelp: write `async fn users`" }

// ::core::compile_error! { "an argument must be owned: there is nothing to borrow it from\nhelp: write `String`" }

// 40 tokens
