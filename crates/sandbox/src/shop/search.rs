//! Searches the catalogue.

use memchr::memmem::Finder;

use super::Shop;
use super::product::Product;

/// The greatest number of words; no title has more, so a search for more finds nothing.
pub(crate) const MOST_WORDS: usize = 100;

/// The conditions of a search.
#[derive(Clone, Debug, Default)]
pub(crate) struct Search<'a> {
    /// Each of these words is in the title, the category's name or the id; letter case is ignored.
    pub(crate) words: &'a str,
    /// An inner or an outer category.
    pub(crate) category: Option<i64>,
    /// Bounds of the price, in fen.
    pub(crate) least_fen: Option<i64>,
    pub(crate) most_fen: Option<i64>,
    pub(crate) sort: Sort,
}

/// The order of the results; equal ones are sorted by id.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Sort {
    #[default]
    MostSold,
    LeastSold,
    Cheapest,
    Dearest,
    BestRated,
}

impl Sort {
    /// Reads the platform's name of an order, such as `min_price,asc` or `LAST_VOLUME_DESC`.
    pub(crate) fn of_name(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let descends = name.contains("desc");
        match name {
            name if name.contains("price") && descends => Self::Dearest,
            name if name.contains("price") => Self::Cheapest,
            name if name.contains("comment") || name.contains("rate") => Self::BestRated,
            name if name.contains("asc") => Self::LeastSold,
            _ => Self::MostSold,
        }
    }
}

impl Shop {
    /// All products that match, in the requested order.
    pub(crate) fn search(&self, search: &Search<'_>) -> Vec<&Product> {
        let words = search.words.to_lowercase();
        let words = words.split_whitespace().take(MOST_WORDS + 1);
        let words: Vec<&str> = words.collect();
        if words.len() > MOST_WORDS {
            return Vec::new();
        }
        let mut found: Vec<&Product> = match words.split_first() {
            None => self.products().collect(),
            Some((first, others)) => {
                let texts = self.texts.get_or_init(|| Texts::of(self.products()));
                let found = texts.with_words(first, others);
                found.filter_map(|id| self.product(id)).collect()
            }
        };
        found.retain(|product| search.takes(product));
        let price = |product: &Product| product.cheapest().map(|sku| sku.sale_fen);
        match search.sort {
            Sort::MostSold => found.sort_by_key(|product| std::cmp::Reverse(product.sales)),
            Sort::LeastSold => found.sort_by_key(|product| product.sales),
            Sort::Cheapest => found.sort_by_key(|product| price(product)),
            Sort::Dearest => found.sort_by_key(|product| std::cmp::Reverse(price(product))),
            Sort::BestRated => {
                found.sort_by_key(|product| std::cmp::Reverse(product.rating_tenths))
            }
        }
        found
    }
}

impl Search<'_> {
    fn takes(&self, product: &Product) -> bool {
        let price = product.least_fen();
        self.category.is_none_or(|category| product.is_of(category))
            && self.least_fen.is_none_or(|least| least <= price)
            && self.most_fen.is_none_or(|most| price <= most)
    }
}

impl Product {
    /// Whether it is in this category, or in one below it.
    pub(crate) fn is_of(&self, category: i64) -> bool {
        self.categories().any(|entry| entry.id == category)
    }
}

/// The searchable texts of all products, joined: searching one long text takes a fraction of the time that many short
/// ones take.
pub(super) struct Texts {
    text: String,
    /// The end of each product's text, and the product's id.
    ends: Vec<(usize, i64)>,
}

impl Texts {
    fn of<'a>(products: impl Iterator<Item = &'a Product>) -> Self {
        let (mut text, mut ends) = (String::new(), Vec::new());
        for product in products {
            text.push_str(&product.searched_text());
            // A word has no blank, so no match begins in one text and ends in another.
            text.push(' ');
            ends.push((text.len(), product.id));
        }
        Self { text, ends }
    }

    /// The products whose texts have all of these words, in lower case.
    fn with_words(&self, first: &str, others: &[&str]) -> impl Iterator<Item = i64> {
        let finder = Finder::new(first);
        let others: Vec<Finder<'_>> = others.iter().map(|word| Finder::new(*word)).collect();
        let (text, mut start, mut place) = (self.text.as_bytes(), 0, 0);
        std::iter::from_fn(move || {
            loop {
                let found = start + finder.find(&text[start..])?;
                place += self.ends[place..].partition_point(|(end, _)| *end <= found);
                let before = place.checked_sub(1).map_or(0, |before| self.ends[before].0);
                let (end, id) = self.ends[place];
                start = end;
                if others
                    .iter()
                    .all(|word| word.find(&text[before..end]).is_some())
                {
                    return Some(id);
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn found_products_contain_every_word_and_respect_the_price_limits() {
        let shop = Shop::new(7);
        let everything = shop.search(&Search::default());
        assert_eq!(everything.len(), shop.products().len());
        assert!(everything.is_sorted_by_key(|product| std::cmp::Reverse(product.sales)));
        let product = everything[0];
        let words = product.title.to_uppercase();
        let found = shop.search(&Search {
            words: &words,
            category: Some(product.category.id),
            sort: Sort::Cheapest,
            ..Search::default()
        });
        assert!(found.contains(&product));
        assert!(found.iter().all(|found| found.title == product.title));
        let price = |product: &Product| product.cheapest().unwrap().sale_fen;
        let search = Search {
            least_fen: Some(3000),
            most_fen: Some(6000),
            sort: Sort::Dearest,
            ..Search::default()
        };
        let prices: Vec<i64> = shop.search(&search).into_iter().map(price).collect();
        assert!(!prices.is_empty() && prices.iter().all(|price| (3000..=6000).contains(price)));
        assert!(prices.is_sorted_by(|first, second| first >= second));
        let search = Search {
            words: "no such thing",
            ..Search::default()
        };
        assert!(shop.search(&search).is_empty());
    }

    #[test]
    fn an_outer_category_holds_the_inner_ones() {
        let shop = Shop::new(7);
        let count = |category| {
            let search = Search {
                category: Some(category),
                ..Search::default()
            };
            shop.search(&search).len()
        };
        let inner = Shop::categories().filter(|entry| entry.parent == Some(15));
        assert_eq!(count(15), inner.map(|entry| count(entry.id)).sum::<usize>());
        assert!(count(15) > 0);
    }

    #[test]
    fn the_platforms_names_of_orders_are_known() {
        assert_eq!(Sort::of_name("min_price,asc"), Sort::Cheapest);
        assert_eq!(Sort::of_name("SALE_PRICE_DESC"), Sort::Dearest);
        assert_eq!(Sort::of_name("LAST_VOLUME_ASC"), Sort::LeastSold);
        assert_eq!(Sort::of_name("orders,desc"), Sort::MostSold);
        assert_eq!(Sort::of_name("comments,desc"), Sort::BestRated);
    }
}
