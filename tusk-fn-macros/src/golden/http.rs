/// Lists a user's posts.
#[tusk_fn(trigger = "http", route = "users/<id>/posts/<page?>", methods = ["GET", "POST"], auth = "public", timeout = "5s")]
#[cfg(feature = "posts")]
pub async fn posts(
    id: u64,
    page: Option<u32>,
    db: State<Db>,
    Json(filter): Json<Filter>,
) -> Result<Json<Vec<Post>>, ApiError> {
    db.posts(id, page, filter).await
}
