#[allow(clippy::unused_async)]
/// Lists a user's posts.
#[cfg(feature = "posts")]
pub async fn posts(
    id: u64,
    page: Option<u32>,
    db: State<Db>,
    Json(filter): Json<Filter>,
) -> Result<Json<Vec<Post>>, ApiError> {
    db.posts(id, page, filter).await
}

// crate :: call_to_tusk_fn_main_or_library :: emit! {
// record = ("{\"v\":1,\"name\":\"posts\",\"trigger\":{\"kind\":\"http\",\"route\":\"users/<id>/posts/<page?>\",\"methods\":[\"GET\",\"POST\"],\"auth\":\"public\"},\"timeout_ms\":5000,\"doc\":\"Lists a user's posts.\",\"source\":{\"package\":\"tusk-fn-macros\",\"module\":\"" , "\",\"function\":\"posts\",\"file\":\"\",\"line\":0}}\n")
// open =
// const duplicate_function_name_posts : () =
// close =
fn part() {}
// guards =
const duplicate_route_GET_users_slash__param__slash_posts: () = ();
const duplicate_route_POST_users_slash__param__slash_posts: () = ();
const duplicate_route_GET_users_slash__param__slash_posts_slash__param_: () = ();
const duplicate_route_POST_users_slash__param__slash_posts_slash__param_: () = ();
// exports =
// "tusk_fn: declared twice: the function name posts" "tusk_fn: declared twice: GET users/<>/posts" "tusk_fn: declared twice: POST users/<>/posts" "tusk_fn: declared twice: GET users/<>/posts/<>" "tusk_fn: declared twice: POST users/<>/posts/<>"
// handler =
fn __tusk_fn_handler(
    invocation: crate::call_to_tusk_fn_main_or_library::rt::Invocation,
) -> crate::call_to_tusk_fn_main_or_library::rt::HandlerFuture {
    use crate::call_to_tusk_fn_main_or_library::rt::{
        PickAnswer as _, PickFallible as _, PickPlain as _, PickResponse as _,
    };
    crate::call_to_tusk_fn_main_or_library::rt::boxed(async move {
        let mut invocation = invocation;
        let argument_0 = crate::call_to_tusk_fn_main_or_library::rt::parameter::<
            crate::call_to_tusk_fn_main_or_library::rt::kind::Http,
            u64,
        >(0usize, "id")
            .take(&mut invocation)
            .await?;
        let argument_1 = crate::call_to_tusk_fn_main_or_library::rt::optional_parameter::<
            crate::call_to_tusk_fn_main_or_library::rt::kind::Http,
            Option<u32>,
        >(1usize, "page")
            .take(&mut invocation)
            .await?;
        let argument_2 = crate::call_to_tusk_fn_main_or_library::rt::kind::Http::argument::<
            State<Db>,
            _,
        >()
            .take(&mut invocation)
            .await?;
        let argument_3 = crate::call_to_tusk_fn_main_or_library::rt::kind::Http::last_argument::<
            Json<Filter>,
            _,
        >()
            .take(&mut invocation)
            .await?;
        let value = posts(argument_0, argument_1, argument_2, argument_3).await;
        crate::call_to_tusk_fn_main_or_library::rt::handled(
            (&&&&crate::call_to_tusk_fn_main_or_library::rt::Pick::<
                crate::call_to_tusk_fn_main_or_library::rt::kind::Http,
                Result<Json<Vec<Post>>, ApiError>,
            >::of(&value))
                .pick()
                .finish::<
                    crate::call_to_tusk_fn_main_or_library::rt::kind::Http,
                    Result<Json<Vec<Post>>, ApiError>,
                >(value),
        )
    })
}
fn __tusk_fn_requirements() -> crate::call_to_tusk_fn_main_or_library::rt::Requirements {
    crate::call_to_tusk_fn_main_or_library::rt::requirements([
        crate::call_to_tusk_fn_main_or_library::rt::kind::Http::argument::<
            State<Db>,
            _,
        >()
            .requirement(),
        crate::call_to_tusk_fn_main_or_library::rt::kind::Http::last_argument::<
            Json<Filter>,
            _,
        >()
            .requirement(),
    ])
}
// }

// 663 tokens
