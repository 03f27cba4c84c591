#[allow(clippy::unused_async)]
async fn sweep(timer: Timer) {
    println!("due at {}", timer.scheduled_at);
}

// crate :: call_to_tusk_fn_main_or_library :: emit! {
// record = ("{\"v\":1,\"name\":\"clean-up\",\"trigger\":{\"kind\":\"timer\",\"schedule\":\"0 */5 * * * *\",\"tz\":\"Europe/Berlin\"},\"source\":{\"package\":\"tusk-fn-macros\",\"module\":\"" , "\",\"function\":\"sweep\",\"file\":\"\",\"line\":0}}\n")
// open =
// const duplicate_function_name_clean_dash_up : () =
// close =
fn part() {}
// guards =
// exports =
fn part() {
    "tusk_fn: declared twice: the function name clean-up"
}
// handler =
fn __tusk_fn_handler(
    invocation: crate::call_to_tusk_fn_main_or_library::rt::Invocation,
) -> crate::call_to_tusk_fn_main_or_library::rt::HandlerFuture {
    use crate::call_to_tusk_fn_main_or_library::rt::{
        PickAnswer as _, PickFallible as _, PickPlain as _, PickResponse as _,
    };
    crate::call_to_tusk_fn_main_or_library::rt::boxed(async move {
        let mut invocation = invocation;
        let argument_0 = crate::call_to_tusk_fn_main_or_library::rt::kind::Timer::last_argument::<
            Timer,
            _,
        >()
            .take(&mut invocation)
            .await?;
        let value = sweep(argument_0).await;
        crate::call_to_tusk_fn_main_or_library::rt::handled(
            (&&&&crate::call_to_tusk_fn_main_or_library::rt::Pick::<
                crate::call_to_tusk_fn_main_or_library::rt::kind::Timer,
                (),
            >::of(&value))
                .pick()
                .finish::<
                    crate::call_to_tusk_fn_main_or_library::rt::kind::Timer,
                    (),
                >(value),
        )
    })
}
fn __tusk_fn_requirements() -> crate::call_to_tusk_fn_main_or_library::rt::Requirements {
    crate::call_to_tusk_fn_main_or_library::rt::requirements([
        crate::call_to_tusk_fn_main_or_library::rt::kind::Timer::last_argument::<
            Timer,
            _,
        >()
            .requirement(),
    ])
}
// }

// 351 tokens
