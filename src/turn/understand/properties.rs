//! What every product can be asked by, made ready for reading: its options and attributes with the keys, quantities and
//! lexicon attributes of their names and values, and the words of its title. Built once for each catalog version.
//! Equal properties of different products are kept once, and postings say which of them a message can speak of at all.

use std::collections::HashMap;
use std::sync::Arc;

use super::index::ProductIx;
use super::lexicon::Lexicon;
use super::selection::is_no;
use crate::catalog::Product;
use crate::domain::Lang;
use crate::retrieval::lexical;
use crate::text::fold;
use crate::text::numbers::{self, Decimal, Quantity};
use crate::text::tokens::{key, tokenize};
use crate::text::units::Dimension;

/// Position of a property among the different properties of the catalog.
pub type AxisIx = u32;

/// The name of an option or attribute.
#[derive(Debug)]
pub struct AxisName {
    pub text: String,
    pub key: String,
    /// Lexicon attributes of this very name, else those that it narrows (`frame color` is a color).
    pub attributes: Vec<usize>,
    /// Lexicon attributes that the name is or narrows.
    pub covered_by: Vec<usize>,
    /// First two characters of its Chinese name.
    pub zh_head: Option<String>,
    /// Whether it is a property that things have or have not.
    pub flag: bool,
}

#[derive(Debug)]
pub struct AxisValue {
    pub text: String,
    pub key: String,
    /// The key without spaces and without the letters behind its last digit: `160x230`.
    pub bare: String,
    pub yes: bool,
    pub no: bool,
    /// Nothing but digits.
    pub plain: bool,
    pub quantities: Vec<Quantity>,
    /// Values of the lexicon that it is a name of.
    pub concepts: Vec<usize>,
}

/// An option with the values that a product's versions have, or an attribute with its one value.
#[derive(Debug)]
pub struct Axis {
    pub name: Arc<AxisName>,
    pub option: bool,
    pub values: Vec<Arc<AxisValue>>,
}

/// What is read from a product's titles, and between which limits it is sold.
#[derive(Debug, Default)]
pub struct Title {
    /// Stems of its words.
    stems: Box<[u32]>,
    /// Words as the search has them, each once.
    terms: Box<[u32]>,
    pub lower: Box<str>,
    pub lowest: Option<i64>,
    pub highest: Option<i64>,
    pub stocked: bool,
}

/// Postings: which properties have a word, a value, a quantity.
#[derive(Debug, Default)]
pub struct Postings {
    pub by_name: HashMap<String, Vec<AxisIx>>,
    pub by_attribute: HashMap<usize, Vec<AxisIx>>,
    pub by_value: HashMap<String, Vec<AxisIx>>,
    pub by_value_word: HashMap<String, Vec<AxisIx>>,
    pub by_bare: HashMap<String, Vec<AxisIx>>,
    pub by_concept: HashMap<usize, Vec<AxisIx>>,
    pub by_dimension: HashMap<Dimension, Vec<AxisIx>>,
    /// Values that hold one number without a unit.
    pub unitless: HashMap<Decimal, Vec<AxisIx>>,
    /// First numbers of values.
    pub leading: HashMap<i64, Vec<AxisIx>>,
    /// Properties with a value of nothing but digits.
    pub plain: Vec<AxisIx>,
    /// Properties that count pieces, and sizes.
    pub pieces: Vec<AxisIx>,
    pub sizes: Vec<AxisIx>,
}

/// The properties of all products.
#[derive(Debug, Default)]
pub struct Properties {
    pub axes: Vec<Axis>,
    pub postings: Postings,
    /// Properties of all products behind one another, and where those of each product end.
    list: Vec<AxisIx>,
    ends: Vec<usize>,
    titles: Vec<Title>,
    words: HashMap<String, u32>,
}

impl Properties {
    /// The properties of a product, options first.
    pub fn of(&self, ix: ProductIx) -> &[AxisIx] {
        let start = ix.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(ix).and_then(|end| self.list.get(start..*end)).unwrap_or_default()
    }

    pub fn axes_of(&self, ix: ProductIx) -> impl Iterator<Item = &Axis> {
        self.of(ix).iter().filter_map(|a| self.axes.get(*a as usize))
    }

    pub fn title(&self, ix: ProductIx) -> Option<&Title> {
        self.titles.get(ix)
    }

    /// The number of a title word, where any title has it.
    pub fn word(&self, word: &str) -> Option<u32> {
        self.words.get(word).copied()
    }
}

impl Title {
    pub fn has_stem(&self, word: u32) -> bool {
        self.stems.binary_search(&word).is_ok()
    }

    pub fn has_term(&self, word: u32) -> bool {
        self.terms.binary_search(&word).is_ok()
    }
}

/// Collects the properties, product by product in catalog order.
pub struct Collector<'a> {
    lexicon: &'a Lexicon,
    properties: Properties,
    names: HashMap<String, Arc<AxisName>>,
    values: HashMap<String, Arc<AxisValue>>,
    axes: HashMap<String, AxisIx>,
}

impl<'a> Collector<'a> {
    pub fn new(lexicon: &'a Lexicon) -> Collector<'a> {
        Collector {
            lexicon,
            properties: Properties::default(),
            names: HashMap::new(),
            values: HashMap::new(),
            axes: HashMap::new(),
        }
    }

    pub fn product(&mut self, product: &Product) {
        let options = product.option_names();
        for name in &options {
            self.axis(name, true, &product.option_values(name));
        }
        for (name, value) in product.attributes.iter().filter(|(n, _)| !options.contains(&n.as_str())) {
            self.axis(name, false, &[value.as_str()]);
        }
        self.properties.ends.push(self.properties.list.len());
        let title = self.title(product);
        self.properties.titles.push(title);
    }

    pub fn finish(mut self) -> Properties {
        let properties = &mut self.properties;
        for (ix, axis) in (0..).zip(&properties.axes) {
            properties.postings.name(ix, &axis.name);
            for value in &axis.values {
                properties.postings.value(ix, value);
            }
        }
        self.properties
    }

    fn axis(&mut self, name: &str, option: bool, values: &[&str]) {
        let spelt = format!("{option}\u{1}{name}\u{1}{}", values.join("\u{1}"));
        let ix = match self.axes.get(&spelt) {
            Some(ix) => *ix,
            None => {
                let axis =
                    Axis { name: self.name(name), option, values: values.iter().map(|v| self.value(v)).collect() };
                let ix = AxisIx::try_from(self.properties.axes.len()).unwrap_or(AxisIx::MAX);
                self.properties.axes.push(axis);
                self.axes.insert(spelt, ix);
                ix
            }
        };
        self.properties.list.push(ix);
    }

    fn name(&mut self, text: &str) -> Arc<AxisName> {
        if let Some(name) = self.names.get(text) {
            return Arc::clone(name);
        }
        let (own, lexicon) = (key(text), self.lexicon);
        let covered_by = lexicon.covering(&own);
        let exact = lexicon.attributes_of(&own);
        let attributes = if exact.is_empty() { covered_by.clone() } else { exact.to_vec() };
        let name = Arc::new(AxisName {
            text: text.to_owned(),
            flag: attributes.iter().any(|id| lexicon.attributes.get(*id).is_some_and(|a| a.yes_no)),
            zh_head: lexicon.zh_attribute(text).map(|z| key(z).chars().take(2).collect()),
            attributes,
            covered_by,
            key: own,
        });
        self.names.insert(text.to_owned(), Arc::clone(&name));
        name
    }

    fn value(&mut self, text: &str) -> Arc<AxisValue> {
        if let Some(value) = self.values.get(text) {
            return Arc::clone(value);
        }
        let own = key(text);
        let value = Arc::new(AxisValue {
            text: text.to_owned(),
            bare: bare(&own),
            concepts: self.lexicon.values_of(&own).to_vec(),
            key: own,
            yes: text.eq_ignore_ascii_case("yes"),
            no: is_no(text),
            plain: text.trim().chars().all(|c| c.is_ascii_digit()),
            quantities: numbers::scan(&fold(text)),
        });
        self.values.insert(text.to_owned(), Arc::clone(&value));
        value
    }

    fn title(&mut self, product: &Product) -> Title {
        let both = format!("{} {}", product.title, product.title_in(Lang::Zh));
        let stems: Vec<String> = tokenize(&fold(&both)).into_iter().map(|t| t.stem).collect();
        let prices = || product.offers().into_iter().filter_map(|o| o.price).map(|p| p.minor_units);
        Title {
            stems: self.numbered(stems),
            terms: self.numbered(lexical::terms(&both)),
            lower: both.to_lowercase().into_boxed_str(),
            lowest: prices().min(),
            highest: prices().max(),
            stocked: product.offers().iter().any(|o| o.in_stock()),
        }
    }

    fn numbered(&mut self, words: Vec<String>) -> Box<[u32]> {
        let known = &mut self.properties.words;
        let number = |word: String| {
            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
            *known.entry(word).or_insert(next)
        };
        let mut all: Vec<u32> = words.into_iter().map(number).collect();
        all.sort_unstable();
        all.dedup();
        all.into_boxed_slice()
    }
}

/// `160 x 230 cm` and `160x230` are one.
pub fn bare(key: &str) -> String {
    let mut compact: String = key.chars().filter(|c| !c.is_whitespace()).collect();
    compact.truncate(compact.trim_end_matches(char::is_alphabetic).len());
    compact
}

impl Postings {
    fn name(&mut self, ix: AxisIx, name: &AxisName) {
        for word in name.key.split(' ').chain([name.key.as_str()]) {
            post(&mut self.by_name, word, ix);
        }
        for attribute in name.attributes.iter().chain(&name.covered_by) {
            add(self.by_attribute.entry(*attribute).or_default(), ix);
        }
        if name.key.contains("piece") {
            add(&mut self.pieces, ix);
        }
        if name.key.contains("size") {
            add(&mut self.sizes, ix);
        }
    }

    fn value(&mut self, ix: AxisIx, value: &AxisValue) {
        post(&mut self.by_value, &value.key, ix);
        for word in value.key.split(' ') {
            post(&mut self.by_value_word, word, ix);
        }
        if value.bare.chars().any(|c| c.is_ascii_digit()) {
            post(&mut self.by_bare, &value.bare, ix);
        }
        for concept in &value.concepts {
            add(self.by_concept.entry(*concept).or_default(), ix);
        }
        for dimension in value.quantities.iter().filter_map(|q| q.unit).map(|u| u.dimension) {
            add(self.by_dimension.entry(dimension).or_default(), ix);
        }
        if let [one] = value.quantities.as_slice()
            && one.unit.is_none()
        {
            add(self.unitless.entry(one.value).or_default(), ix);
        }
        if let Some(number) = value.quantities.first().and_then(|q| q.value.as_whole()) {
            add(self.leading.entry(number).or_default(), ix);
        }
        if value.plain {
            add(&mut self.plain, ix);
        }
    }
}

fn post(map: &mut HashMap<String, Vec<AxisIx>>, word: &str, ix: AxisIx) {
    match map.get_mut(word) {
        Some(list) => add(list, ix),
        None => {
            map.insert(word.to_owned(), vec![ix]);
        }
    }
}

/// Positions come in rising order, so that one look at the end keeps each once.
fn add(list: &mut Vec<AxisIx>, ix: AxisIx) {
    if list.last() != Some(&ix) {
        list.push(ix);
    }
}
