//! Routes requests: gateway, page, admin commands, authorisation page.

use std::io;

use bytes::Bytes;
use hyper::body::Incoming as IncomingBody;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue, LOCATION};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use serde_json::json;
use tokio::time::sleep;

use super::authorise::{self, Authorisation};
use super::body::PacedBody;
use super::guard::{self, Ends};
use super::page;
use super::resettable_stream::ResetSwitch;
use super::response::{plain, private, written};
use super::upload::Room;
use crate::admin::{self, Refused};
use crate::gateway::{self, Delivery};
use crate::incoming::Incoming;
use crate::shared_state::SharedState;
use crate::shop::{image_of_path, png};

/// The answer to one request, or an error that makes hyper drop the connection.
pub(super) async fn respond(
    request: Request<IncomingBody>,
    ends: Ends,
    state: &SharedState,
    room: &Room,
    reset: &ResetSwitch,
) -> io::Result<Response<PacedBody>> {
    let (head, body) = request.into_parts();
    if !matches!(head.method, Method::GET | Method::POST) {
        let mut response = plain(
            StatusCode::METHOD_NOT_ALLOWED,
            "only GET and POST are answered\n",
        );
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("GET, POST"));
        return Ok(response);
    }
    let upload = match room.read(body).await {
        Ok(upload) => upload,
        Err((status, why)) => return Ok(plain(status, why)),
    };
    let (path, body) = (head.uri.path(), &upload.bytes);
    if path == authorise::PATH {
        return Ok(authorise(&head, state));
    }
    if let Some((product, number)) = image_of_path(path) {
        return Ok(image(product, number, state));
    }
    if path != "/" && !path.starts_with(admin::PREFIX) {
        return call(&head, body, state, reset).await;
    }
    Ok(match guard::refusal(&head, ends) {
        Some(why) => plain(StatusCode::FORBIDDEN, why),
        None => page::file(path).unwrap_or_else(|| command(&head, body, state)),
    })
}

/// Answers a call of the platform's APIs.
async fn call(
    head: &Parts,
    body: &Bytes,
    state: &SharedState,
    reset: &ResetSwitch,
) -> io::Result<Response<PacedBody>> {
    let incoming = Incoming::read(head, body);
    let wants_gzip = incoming.wants_gzip;
    let reply = gateway::answer(&mut state.lock(), incoming);
    if !reply.delay.is_zero() {
        sleep(reply.delay).await;
    }
    if reply.delivery == Delivery::Reset {
        reset.pull();
        return Err(io::Error::other("the connection is reset by a fault"));
    }
    Ok(written(reply, wants_gzip))
}

/// A picture of a product.
fn image(product: i64, number: u8, state: &SharedState) -> Response<PacedBody> {
    let state = state.lock();
    let product = state.shop.product(product);
    let Some(product) = product.filter(|product| number < product.images) else {
        return plain(StatusCode::NOT_FOUND, "there is no such picture\n");
    };
    let mut response = plain(StatusCode::OK, png(product.id, number));
    let png = HeaderValue::from_static("image/png");
    response.headers_mut().insert(CONTENT_TYPE, png);
    response
}

fn command(head: &Parts, body: &Bytes, state: &SharedState) -> Response<PacedBody> {
    let asked = Incoming::read(head, body);
    let answer = admin::answer(
        &mut state.lock(),
        asked.http_method.as_str(),
        &asked.path,
        &asked.parameters,
    );
    let (status, answer) = match answer {
        Ok(answer) => (StatusCode::OK, answer),
        Err(Refused::NotFound(error)) => (StatusCode::NOT_FOUND, json!({ "error": error })),
        Err(Refused::Invalid(error)) => (StatusCode::BAD_REQUEST, json!({ "error": error })),
        Err(Refused::WrongMethod) => {
            let error = format!(
                "no {} here; try the other of GET and POST",
                asked.http_method
            );
            (StatusCode::METHOD_NOT_ALLOWED, json!({ "error": error }))
        }
    };
    let mut response = private(plain(status, answer.to_string()));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

/// Redirects the visitor with a code, as if they had granted access.
fn authorise(head: &Parts, state: &SharedState) -> Response<PacedBody> {
    let wrong = |why: String| plain(StatusCode::BAD_REQUEST, format!("authorising: {why}\n"));
    let asked = match Authorisation::read(head) {
        Ok(asked) => asked,
        Err(why) => return wrong(why),
    };
    let state = &mut *state.lock();
    if asked.client_id != state.credentials.app_key {
        return wrong(format!("the app key {:?} is not known", asked.client_id));
    }
    let now = state.now();
    let code = state
        .tokens
        .authorise(&state.credentials.app_key, now, &mut state.rng);
    let Ok(location) = HeaderValue::from_str(&asked.redirect(&code)) else {
        return wrong("the redirect_uri cannot be part of a header".to_owned());
    };
    let mut response = private(plain(StatusCode::FOUND, ""));
    response.headers_mut().insert(LOCATION, location);
    response
}
