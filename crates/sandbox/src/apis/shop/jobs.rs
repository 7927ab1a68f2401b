//! A seller's batch jobs: submitted, looked up, listed.

use serde_json::{Value, json};

use super::batch::{FAILED, set_price, set_stock, update_product};
use super::{CarryOut, Contents, Page, members};
use crate::apis::context::Context;
use crate::apis::pacific;
use crate::apis::request::{Asked, whole};
use crate::gateway::refusal::Refusal;
use crate::shop::{Job, JobItem, Shop, finish};

pub(super) const APIS: &[(&str, CarryOut)] = &[
    ("aliexpress.solution.feed.submit", submit),
    ("aliexpress.solution.feed.query", query),
    ("aliexpress.solution.feed.list.get", list),
];

/// Carries out each item by itself; the job's number leads to what came of them.
fn submit(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let operation = asked.text("operation_type").unwrap_or_default();
    let shop = &mut context.state.shop;
    let items = asked.list("item_list").map(|item| {
        let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
        let content_id = text("item_content_id").to_owned();
        let outcome = carry_out(shop, &operation, text("item_content"));
        let result = match &outcome {
            Ok(product) => {
                json!({ "itemContentId": content_id, "productId": product, "success": true })
            }
            Err(why) => json!({
                "itemContentId": content_id,
                "success": false,
                "errorCode": FAILED,
                "errorMessage": why,
            }),
        };
        JobItem {
            content_id,
            success: outcome.is_ok(),
            result: result.to_string(),
        }
    });
    let items = items.collect();
    let job = Job {
        id: context.state.jobs.next_id(),
        owner: context.user_id().to_owned(),
        operation,
        submitted: context.now,
        finished: finish(context.now, context.state.as_live),
        items,
    };
    let id = job.id;
    context.state.jobs.keep(job);
    Ok(members(json!({ "job_id": id })))
}

/// Carries out one item and returns the product that it changed.
fn carry_out(shop: &mut Shop, operation: &str, content: &str) -> Result<i64, &'static str> {
    let content: Value = serde_json::from_str(content).map_err(|_| "item_content is no JSON")?;
    let id = content.get("aliexpress_product_id").and_then(whole);
    let id = id.ok_or("found no aliexpress_product_id");
    match operation {
        "PRODUCT_PRICES_UPDATE" => update_product(shop, id?, &content, set_price)?,
        "PRODUCT_STOCKS_UPDATE" => update_product(shop, id?, &content, set_stock)?,
        "PRODUCT_CREATE" | "PRODUCT_FULL_UPDATE" => {
            return Err("the sandbox's catalogue takes no products, only prices and stock");
        }
        _ => return Err("found an unknown operation_type"),
    }
    id
}

/// What came of a job's items; nothing yet while it runs.
fn query(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let id = asked.integer("job_id").unwrap_or_default();
    let job = context.state.jobs.get(id, context.user_id());
    let job = job.ok_or_else(|| Refusal::InvalidParameter(format!("job_id: found no job {id}")))?;
    let has_finished = job.finished <= context.now;
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
        // Times of one form are in the order of their texts.
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
