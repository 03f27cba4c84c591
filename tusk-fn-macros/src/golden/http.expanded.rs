#[allow(clippy::too_many_arguments, clippy::unused_async)]
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

// crate::call_to_tusk_fn_main_or_library::emit! {
// record = ("{\"v\":1,\"name\":\"posts\",\"trigger\":{\"kind\":\"http\",\"route\":\"users/<id>/posts/<page?>\",\"methods\":[\"GET\",\"POST\"],\"auth\":\"public\"},\"timeout_ms\":5000,\"doc\":\"Lists a user's posts.\",\"source\":{\"package\":\"tusk-fn-macros\",\"module\":\"" , "\",\"function\":\"posts\",\"file\":\"\",\"line\":0}}\n")
// open =
// const duplicate_function_name_posts : () =
// close =
// ;
// guards =
const duplicate_route_GET_users_slash__param__slash_posts: () = ();
const duplicate_route_POST_users_slash__param__slash_posts: () = ();
const duplicate_route_GET_users_slash__param__slash_posts_slash__param_: () = ();
const duplicate_route_POST_users_slash__param__slash_posts_slash__param_: () = ();
// exports =
// "tusk_fn: declared twice: the name posts" "tusk_fn: declared twice: the route GET users/<>/posts" "tusk_fn: declared twice: the route POST users/<>/posts" "tusk_fn: declared twice: the route GET users/<>/posts/<>" "tusk_fn: declared twice: the route POST users/<>/posts/<>"
// handler =
fn __tusk_fn_handler(
    __tusk_fn_invocation: __tusk_fn_rt::Invocation,
) -> __tusk_fn_rt::HandlerFuture {
    use __tusk_fn_rt::{
        PickAnswer as _, PickFallible as _, PickPlain as _, PickResponse as _,
    };
    __tusk_fn_rt::boxed(async move {
        let mut __tusk_fn_invocation = __tusk_fn_invocation;
        let __tusk_fn_argument_0 = __tusk_fn_rt::parameter::<
            __tusk_fn_rt::kind::Http,
            u64,
        >(0usize, "id")
            .take(&mut __tusk_fn_invocation)
            .await?;
        let __tusk_fn_argument_1 = __tusk_fn_rt::optional_parameter::<
            __tusk_fn_rt::kind::Http,
            Option<u32>,
        >(1usize, "page")
            .take(&mut __tusk_fn_invocation)
            .await?;
        let __tusk_fn_argument_2 = __tusk_fn_rt::kind::Http::argument::<
            State<Db>,
            _,
            __tusk_fn_rt::target::Several,
        >()
            .take(&mut __tusk_fn_invocation)
            .await?;
        let __tusk_fn_argument_3 = __tusk_fn_rt::kind::Http::last_argument::<
            Json<Filter>,
            _,
            __tusk_fn_rt::target::Several,
        >()
            .take(&mut __tusk_fn_invocation)
            .await?;
        let __tusk_fn_value = posts(
                __tusk_fn_argument_0,
                __tusk_fn_argument_1,
                __tusk_fn_argument_2,
                __tusk_fn_argument_3,
            )
            .await;
        __tusk_fn_rt::handled(
            (&&&&__tusk_fn_rt::Pick::<
                __tusk_fn_rt::kind::Http,
                Result<Json<Vec<Post>>, ApiError>,
            >::of(&__tusk_fn_value))
                .pick()
                .prove::<
                    Result<Json<Vec<Post>>, ApiError>,
                    __tusk_fn_rt::target::Several,
                >()
                .finish(__tusk_fn_value),
        )
    })
}
fn __tusk_fn_requirements() -> __tusk_fn_rt::Requirements {
    __tusk_fn_rt::requirements::<
        __tusk_fn_rt::kind::Http,
    >(
        &[
            __tusk_fn_rt::kind::Http::argument::<
                State<Db>,
                _,
                __tusk_fn_rt::target::Several,
            >()
                .requirement(),
            __tusk_fn_rt::kind::Http::last_argument::<
                Json<Filter>,
                _,
                __tusk_fn_rt::target::Several,
            >()
                .requirement(),
        ],
    )
}
// }

// 608 tokens
