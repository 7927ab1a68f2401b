//! The cheapest division of a sequence of cells into rows, for tables with one cell per line that do not show where a
//! row ends.
//!
//! Each layout defines the cost of a row. A row that costs [`NEVER`] is not used in any division.

/// The cost of an impossible row, and of cells that no division covers.
pub(crate) const NEVER: u32 = u32::MAX / 4;

/// The costs of rows.
pub(crate) trait RowCosts {
    /// The costs of the rows that begin with cell `start`: first that of the row of one cell, last that of the longest
    /// possible row.
    fn of_rows_from(&self, start: usize) -> impl Iterator<Item = u32>;
}

/// The cheapest division of some cells.
pub(crate) struct Division {
    /// For each cell, and for the end: the cost of the cheapest division of the cells before it, and where the last row
    /// of that division begins.
    before: Vec<(u32, usize)>,
}

impl Division {
    /// Divides the given number of cells.
    pub(crate) fn of(cells: usize, costs: &impl RowCosts) -> Self {
        let mut before = vec![(NEVER, 0); cells + 1];
        before[0].0 = 0;
        for start in 0..cells {
            let cost_before = before[start].0;
            if cost_before >= NEVER {
                continue;
            }
            for (end, row) in (start + 1..=cells).zip(costs.of_rows_from(start)) {
                let cost = cost_before.saturating_add(row).min(NEVER);
                if cost < before[end].0 {
                    before[end] = (cost, start);
                }
            }
        }
        Self { before }
    }

    /// The cost of all rows.
    pub(crate) fn cost(&self) -> u32 {
        self.before.last().map_or(0, |(cost, _)| *cost)
    }

    /// Where each row ends. If no division covers all cells, `Err` contains the last cell with which a row can begin.
    pub(crate) fn ends(&self) -> Result<Vec<usize>, usize> {
        if self.cost() >= NEVER {
            let reached = self.before.iter().rposition(|(cost, _)| *cost < NEVER);
            return Err(reached.unwrap_or(0));
        }
        let mut end = self.before.len() - 1;
        let mut ends = Vec::new();
        while end > 0 {
            ends.push(end);
            end = self.before[end].1;
        }
        ends.reverse();
        Ok(ends)
    }

    /// For each cell, the cost of the cheapest division in which a row begins with it, and of the cheapest one in which
    /// none does.
    pub(crate) fn by_cell(&self, costs: &impl RowCosts) -> Vec<[u32; 2]> {
        let cells = self.before.len() - 1;
        let mut after = vec![NEVER; cells + 1];
        after[cells] = 0;
        let mut by_cell = vec![[NEVER; 2]; cells];
        for start in (0..cells).rev() {
            let before = self.before[start].0;
            let rows = (start + 1..=cells).zip(costs.of_rows_from(start));
            let mut rest: Vec<u32> = rows
                .map(|(end, row)| row.saturating_add(after[end]).min(NEVER))
                .collect();
            // The cheapest row from here that contains a cell is the cheapest one that ends after it.
            for at in (1..rest.len()).rev() {
                let whole = before.saturating_add(rest[at]).min(NEVER);
                let within = &mut by_cell[start + at][1];
                *within = whole.min(*within);
                rest[at - 1] = rest[at - 1].min(rest[at]);
            }
            after[start] = rest.first().copied().unwrap_or(NEVER);
            by_cell[start][0] = before.saturating_add(after[start]).min(NEVER);
        }
        by_cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Rows by their start and length.
    struct Table(Vec<Vec<u32>>);

    impl RowCosts for Table {
        fn of_rows_from(&self, start: usize) -> impl Iterator<Item = u32> {
            self.0[start].iter().copied()
        }
    }

    /// Every division of the cells from `from` on, as the starts of its rows, with its cost.
    fn all(table: &Table, from: usize) -> Vec<(Vec<usize>, u32)> {
        let cells = table.0.len();
        if from == cells {
            return vec![(Vec::new(), 0)];
        }
        let mut divisions = Vec::new();
        for (end, cost) in (from + 1..=cells).zip(table.of_rows_from(from)) {
            for (mut starts, rest) in all(table, end) {
                starts.insert(0, from);
                divisions.push((starts, (rest + cost).min(NEVER)));
            }
        }
        divisions
    }

    fn least<'d>(divisions: impl Iterator<Item = &'d (Vec<usize>, u32)>) -> u32 {
        divisions.map(|(_, cost)| *cost).min().unwrap_or(NEVER)
    }

    proptest! {
        #[test]
        fn the_division_found_is_the_cheapest(
            costs in proptest::collection::vec(proptest::collection::vec(0..9_u32, 0..4), 0..8)
        ) {
            let table = Table(costs);
            let divisions = all(&table, 0);
            let division = Division::of(table.0.len(), &table);
            prop_assert_eq!(division.cost(), least(divisions.iter()));
            if let Ok(ends) = division.ends() {
                let starts: Vec<usize> = std::iter::once(0).chain(ends).take_while(|&at| at < table.0.len()).collect();
                prop_assert!(divisions.contains(&(starts, division.cost())));
            }
            for (cell, [first, within]) in division.by_cell(&table).into_iter().enumerate() {
                prop_assert_eq!(first, least(divisions.iter().filter(|(starts, _)| starts.contains(&cell))));
                prop_assert_eq!(within, least(divisions.iter().filter(|(starts, _)| !starts.contains(&cell))));
            }
        }
    }
}
