//! Which provinces and cities a country has.

use serde_json::json;

use super::{CarryOut, Contents, members};
use crate::apis::context::Context;
use crate::apis::request::Asked;
use crate::refusal::Refusal;
use crate::shop::Place;

pub(super) const APIS: &[(&str, CarryOut)] = &[("aliexpress.ds.address.get", tree)];

fn tree(_: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let country = asked.text("countryCode").unwrap_or_default();
    let result = match Place::find(&country) {
        Some(place) => json!({
            "ret": true,
            "code": "200",
            "msg": "success",
            "data": {
                "country": place.country,
                "type": "country",
                "children": place.children(),
            },
        }),
        None => {
            json!({ "ret": false, "code": "COUNTRY_NOT_FOUND", "msg": "found no addresses of this country" })
        }
    };
    Ok(members(json!({ "result": result })))
}
