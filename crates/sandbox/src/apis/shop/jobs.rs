//! A seller's batch jobs: submitted, looked up, listed.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::affiliate::joined;
use super::batch::{FAILED, set_price, set_stock, update_product};
use super::listings::{create_content, edit_content};
use super::{CarryOut, Contents, Page, members};
use crate::apis::context::Context;
use crate::apis::pacific;
use crate::apis::request::{Asked, whole};
use crate::refusal::Refusal;
use crate::shop::{Job, JobItem, JobStage, Shop, finish};
use crate::state::State;

pub(super) const APIS: &[(&str, CarryOut)] = &[
    ("aliexpress.solution.feed.submit", submit),
    ("aliexpress.solution.feed.query", query),
    ("aliexpress.solution.feed.list.get", list),
    ("aliexpress.solution.feed.invalidate", invalidate),
];

/// Accepts the items as a job and returns its number, which is used to look up the results.
fn submit(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let items = asked.list("item_list").map(|item| {
        let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
        JobItem {
            content_id: text("item_content_id").to_owned(),
            content: text("item_content").to_owned(),
            success: false,
            result: String::new(),
        }
    });
    let items = items.collect();
    let job = Job {
        id: context.state.jobs.next_id(),
        owner: context.user_id().to_owned(),
        operation: asked.text("operation_type").unwrap_or_default(),
        submitted: context.now,
        finished: finish(context.now, context.state.as_live),
        stage: JobStage::Waiting,
        items,
    };
    let id = job.id;
    context.state.jobs.keep(job);
    run_due(context.state, context.now);
    Ok(members(json!({ "job_id": id })))
}

/// Processes the jobs that are due, item by item.
pub(crate) fn run_due(state: &mut State, now: SystemTime) {
    let shop = &mut state.shop;
    state.jobs.run(now, |operation, item| {
        let outcome = carry_out(shop, operation, &item.content);
        let result = match outcome {
            Ok(product) => {
                json!({ "itemContentId": item.content_id, "productId": product, "success": true })
            }
            Err(why) => json!({
                "itemContentId": item.content_id,
                "success": false,
                "errorCode": FAILED,
                "errorMessage": why,
            }),
        };
        (outcome.is_ok(), result.to_string())
    });
}

/// Processes one item and returns the product that it created or changed.
fn carry_out(shop: &mut Shop, operation: &str, content: &str) -> Result<i64, &'static str> {
    let content: Value = serde_json::from_str(content).map_err(|_| "item_content is not JSON")?;
    let id = content.get("aliexpress_product_id").and_then(whole);
    let id = id.ok_or("found no aliexpress_product_id");
    match operation {
        "PRODUCT_PRICES_UPDATE" => update_product(shop, id?, &content, set_price)?,
        "PRODUCT_STOCKS_UPDATE" => update_product(shop, id?, &content, set_stock)?,
        "PRODUCT_CREATE" => return create_content(shop, &content),
        "PRODUCT_FULL_UPDATE" => return edit_content(shop, &content),
        _ => return Err("found an unknown operation_type"),
    }
    id
}

/// Cancels the jobs that are not processed yet.
fn invalidate(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let ids = joined(asked, "job_id_list")?;
    let (mut done, mut needless, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    // Some clients send a JSON array, which is the same list in brackets.
    let ids = ids.iter().map(|id| id.trim_matches(['[', ']', '"', ' ']));
    for id in ids.filter(|id| !id.is_empty()) {
        let id: i64 = id.parse().map_err(|_| {
            let why = format!("job_id_list: found {id:?}; wanted numbers of jobs");
            Refusal::InvalidParameter(why)
        })?;
        let owner = context.user_id().to_owned();
        match context.state.jobs.invalidate(id, &owner) {
            Some(true) => done.push(id),
            Some(false) => needless.push(id),
            None => failed.push(id),
        }
    }
    Ok(members(json!({
        "result": {
            "success": failed.is_empty(),
            "invalid_successful_list": done,
            "no_need_invalid_list": needless,
            "invalid_failed_list": failed,
        },
        // The names of older documentation.
        "successful_list": done,
        "no_need_invalidation_list": needless,
        "failed_list": failed,
    })))
}

/// The results of a job's items; none while it runs.
fn query(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let id = asked.integer("job_id").unwrap_or_default();
    let job = context.state.jobs.get(id, context.user_id());
    let job = job.ok_or_else(|| Refusal::InvalidParameter(format!("job_id: found no job {id}")))?;
    let has_finished = job.stage == JobStage::Done;
    let items = job.items.iter().filter(|_| has_finished);
    let results = items.clone().map(|item| {
        json!({
            "item_content_id": item.content_id,
            "item_execution_result": item.result,
        })
    });
    Ok(members(json!({
        "job_id": id,
        "total_item_count": job.items.len(),
        "success_item_count": items.clone().filter(|item| item.success).count(),
        "result_list": results.collect::<Value>(),
    })))
}

fn list(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let now = context.now;
    let (kind, status) = (asked.text("feed_type"), asked.text("status"));
    let (start, end) = (
        asked.text("submitted_time_start"),
        asked.text("submitted_time_end"),
    );
    let jobs = context.state.jobs.of(context.user_id()).filter(|job| {
        // Times in the same format sort as text.
        let submitted = pacific::seconds(job.submitted);
        kind.as_ref().is_none_or(|kind| *kind == job.operation)
            && status
                .as_ref()
                .is_none_or(|status| status == job.status(now))
            && start.as_ref().is_none_or(|start| *start <= submitted)
            && end.as_ref().is_none_or(|end| submitted <= *end)
    });
    let jobs: Vec<&Job> = jobs.collect();
    let page = Page::of(asked, "current_page", "page_size", (20, 50));
    let shown = page.of_list(&jobs).iter().map(|job| {
        json!({
            "job_id": job.id,
            "operation_type": job.operation,
            "status": job.status(now),
        })
    });
    Ok(members(json!({
        "current_page": page.number,
        "page_size": page.size,
        "total_count": jobs.len(),
        "total_page": page.count(jobs.len()),
        "job_list": shown.collect::<Value>(),
    })))
}
