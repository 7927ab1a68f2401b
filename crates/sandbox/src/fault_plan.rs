//! Which calls a fault applies to.

use std::fmt;
use std::str::FromStr;

use fastrand::Rng;

use crate::fault::{Fault, FaultError};

/// A fault with the calls to which it applies.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FaultRule {
    /// The fault.
    pub fault: Fault,
    /// The API, or the path of a system call, to which the fault applies; all if `None`.
    pub api: Option<String>,
    /// How often it applies.
    pub when: When,
}

/// How often a fault applies.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum When {
    /// To this many matching calls.
    Next(u32),
    /// To each matching call with this probability, 0 to 1, until faults are cleared.
    Chance(f64),
}

impl FaultRule {
    /// A fault for the next call of any API.
    pub fn next(fault: Fault) -> Self {
        FaultRule {
            fault,
            api: None,
            when: When::Next(1),
        }
    }

    /// Only for this API (`aliexpress.ds.order.create`), or path of a system call (`/auth/token/refresh`).
    pub fn on(mut self, api: impl Into<String>) -> Self {
        self.api = Some(api.into());
        self
    }

    /// For the next `count` calls.
    pub fn times(mut self, count: u32) -> Self {
        self.when = When::Next(count);
        self
    }

    /// For each call with this probability, decided by the sandbox's seed; below 0 counts as 0, above 1 as 1.
    pub fn chance(mut self, probability: f64) -> Self {
        self.when = When::Chance(if probability.is_nan() {
            0.0
        } else {
            probability.clamp(0.0, 1.0)
        });
        self
    }

    fn matches(&self, api: &str) -> bool {
        self.api.as_deref().is_none_or(|wanted| wanted == api)
    }

    /// Whether it applies to this call; counts the call.
    fn applies(&mut self, rng: &mut Rng) -> bool {
        match &mut self.when {
            When::Next(0) => false,
            When::Next(left) => {
                *left -= 1;
                true
            }
            When::Chance(probability) => rng.f64() < *probability,
        }
    }
}

/// Reads `FAULT` and `FAULT@API`, each alone or followed by `*TIMES` or `%PERCENT`: `reset-after@aliexpress.ds.order.create*2`.
impl FromStr for FaultRule {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (rest, when) = split_when(text);
        let (fault, api) = match rest.rsplit_once('@') {
            Some((fault, api)) if is_api(api) => (fault, Some(api.to_owned())),
            _ => (rest, None),
        };
        let fault = fault
            .parse()
            .map_err(|error| match fault.contains(['@', '*', '%']) {
                true => FaultError::wrong_ending(text),
                false => error,
            })?;
        Ok(FaultRule { fault, api, when })
    }
}

/// Whether it can be the name of an API or the path of a system call.
fn is_api(name: &str) -> bool {
    let belongs = |letter: char| letter.is_ascii_alphanumeric() || "./_-".contains(letter);
    !name.is_empty() && name.chars().all(belongs)
}

/// The text that reads back as this rule.
impl fmt::Display for FaultRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.fault)?;
        if let Some(api) = &self.api {
            write!(f, "@{api}")?;
        }
        match self.when {
            When::Next(count) => write!(f, "*{count}"),
            When::Chance(probability) => write!(f, "%{}", probability * 100.0),
        }
    }
}

/// The count or percentage at the end of a rule's text. An ending that is neither belongs to the fault.
fn split_when(text: &str) -> (&str, When) {
    if let Some((rest, count)) = text.rsplit_once('*')
        && let Ok(count) = count.parse()
        && count > 0
    {
        return (rest, When::Next(count));
    }
    if let Some((rest, percent)) = text.rsplit_once('%')
        && let Ok(percent) = percent.parse::<f64>()
        && (0.0..=100.0).contains(&percent)
    {
        return (rest, When::Chance(percent / 100.0));
    }
    (text, When::Next(1))
}

/// The limits on pending rules that commands add: their number, and the total length of their texts in bytes.
const MOST_RULES: usize = 1000;
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// The rules in the order in which they were given.
#[derive(Default)]
pub(crate) struct FaultPlan(Vec<FaultRule>);

impl FaultPlan {
    pub(crate) fn add(&mut self, rule: FaultRule) {
        self.0.push(rule);
    }

    /// Whether a command may add a rule of this many bytes.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        let kept = self.0.iter().map(|rule| rule.to_string().len());
        self.0.len() < MOST_RULES && kept.sum::<usize>() + bytes <= MOST_BYTES
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn rules(&self) -> &[FaultRule] {
        &self.0
    }

    /// The faults that apply to a call of `api`: the first matching rule, and the first matching delay. A fault that
    /// cannot occur in calls of the API stays pending.
    pub(crate) fn take(
        &mut self,
        api: &str,
        shows: fn(api: &str, fault: &Fault) -> bool,
        rng: &mut Rng,
    ) -> Vec<Fault> {
        let (mut delay, mut other) = (None, None);
        let rules = self.0.iter_mut().filter(|rule| rule.matches(api));
        for rule in rules.filter(|rule| shows(api, &rule.fault)) {
            let place = if matches!(rule.fault, Fault::Delay(_)) {
                &mut delay
            } else {
                &mut other
            };
            if place.is_none() && rule.applies(rng) {
                *place = Some(rule.fault.clone());
            }
        }
        self.0.retain(|rule| rule.when != When::Next(0));
        delay.into_iter().chain(other).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apis::shows;
    use crate::fault::FaultErrorKind;

    #[test]
    fn a_rule_applies_to_its_api_as_often_as_it_says() {
        let mut plan = FaultPlan::default();
        plan.add(FaultRule::next(Fault::ResetBefore).on("a").times(2));
        let mut rng = Rng::with_seed(1);
        assert_eq!(plan.take("b", shows, &mut rng), []);
        assert_eq!(plan.take("a", shows, &mut rng), [Fault::ResetBefore]);
        assert_eq!(plan.take("a", shows, &mut rng), [Fault::ResetBefore]);
        assert_eq!(plan.take("a", shows, &mut rng), []);
        assert!(plan.rules().is_empty());
    }

    #[test]
    fn a_fault_of_orders_waits_for_an_order() {
        let mut plan = FaultPlan::default();
        plan.add(FaultRule::next(Fault::PayFails));
        plan.add(FaultRule::next(Fault::ExpireToken));
        let mut rng = Rng::with_seed(1);
        assert_eq!(plan.take("/auth/token/create", shows, &mut rng), []);
        assert_eq!(
            plan.take("aliexpress.ds.order.create", shows, &mut rng),
            [Fault::PayFails]
        );
        assert_eq!(
            plan.take("aliexpress.trade.ds.order.get", shows, &mut rng),
            [Fault::ExpireToken]
        );
    }

    #[test]
    fn faults_wait_for_their_turn() {
        let mut plan = FaultPlan::default();
        plan.add(FaultRule::next(Fault::ResetBefore));
        plan.add(FaultRule::next(Fault::ResetAfter));
        let mut rng = Rng::with_seed(1);
        assert_eq!(plan.take("a", shows, &mut rng), [Fault::ResetBefore]);
        assert_eq!(plan.take("a", shows, &mut rng), [Fault::ResetAfter]);
    }

    #[test]
    fn a_chance_is_decided_by_the_seed() {
        let struck = |seed| {
            let mut plan = FaultPlan::default();
            plan.add(FaultRule::next(Fault::ResetBefore).chance(0.3));
            let mut rng = Rng::with_seed(seed);
            (0..1000)
                .map(|_| plan.take("a", shows, &mut rng).len())
                .collect::<Vec<_>>()
        };
        assert_eq!(struck(7), struck(7));
        assert_ne!(struck(7), struck(8));
        let count: usize = struck(7).iter().sum();
        assert!((250..350).contains(&count), "{count}");
    }

    #[test]
    fn rules_read_from_text() {
        let rule: FaultRule = "reset-after@aliexpress.ds.order.create*2".parse().unwrap();
        assert_eq!(
            rule,
            FaultRule::next(Fault::ResetAfter)
                .on("aliexpress.ds.order.create")
                .times(2)
        );
        let rule: FaultRule = "html-before:502%25".parse().unwrap();
        assert_eq!(rule, FaultRule::next(Fault::HtmlBefore(502)).chance(0.25));
        assert_eq!(rule.to_string(), "html-before:502%25");
        let rule: FaultRule = "malformed".parse().unwrap();
        assert_eq!(rule, FaultRule::next(Fault::Malformed));
        let rule: FaultRule = "replace:50%@*".parse().unwrap();
        assert_eq!(rule, FaultRule::next(Fault::Replace("50%@*".to_owned())));
    }

    #[test]
    fn what_follows_a_fault_is_read_or_refused() {
        for text in [
            "reset-after@aliexpress.ds.order.create*2%10",
            "reset-after@aliexpress.ds.order.create%10*2",
            "reset-after*0",
            "reset-after%101",
            "delay:1s%-1",
            "delay:1s@",
            "delay:1s@two words",
            "none*x",
        ] {
            let error = text.parse::<FaultRule>().unwrap_err();
            assert_eq!(error.kind(), FaultErrorKind::WrongEnding, "{text}");
            assert_eq!(
                error.to_string(),
                format!(
                    "cannot read the fault: found {text:?}; wanted FAULT or FAULT@API, alone or followed by *TIMES (1 or \
                     more) or %PERCENT (0 to 100)"
                )
            );
        }
        for (text, kind) in [
            (
                "none@aliexpress.ds.order.create*2",
                FaultErrorKind::UnknownName,
            ),
            (
                "delay@aliexpress.ds.order.create",
                FaultErrorKind::WrongArgument,
            ),
        ] {
            let error = text.parse::<FaultRule>().unwrap_err();
            assert_eq!(error.kind(), kind, "{text}");
        }
    }
}
