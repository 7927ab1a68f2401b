//! Fences around samples and code, and where they end.

use super::super::page::{Line, is_blank};
use super::super::words;

pub(super) fn is_fence(text: &str) -> bool {
    let text = text.trim_start_matches(is_blank);
    text.starts_with("```") || text.starts_with("~~~")
}

pub(super) struct FenceEnd {
    /// The line after the body.
    pub(super) body: usize,
    /// The line to continue with.
    pub(super) next: usize,
}

/// Where the fence that opens on line `at` ends. A fence that is never closed ends where a known heading or another
/// fence with a language begins.
pub(super) fn fence_end(lines: &[Line<'_>], at: usize) -> FenceEnd {
    for (index, line) in lines.iter().enumerate().skip(at + 1) {
        let text = line.text.trim();
        if is_fence(text) {
            let opens = !text.trim_start_matches(['`', '~']).is_empty();
            return FenceEnd {
                body: index,
                next: if opens { index } else { index + 1 },
            };
        }
    }
    let is_end = |line: &Line<'_>| line.text.starts_with('#') && words::title(line.text).is_some();
    let end = lines
        .iter()
        .skip(at + 1)
        .position(is_end)
        .map_or(lines.len(), |length| at + 1 + length);
    FenceEnd {
        body: end,
        next: end,
    }
}
